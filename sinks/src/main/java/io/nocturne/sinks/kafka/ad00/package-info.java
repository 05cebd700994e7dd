/**
 * FlatBuffers accessors of the schema {@code ad00} (ESS, area detector array), generated and checked in: flatc is not on
 * every machine that builds Nocturne, and its output changes as rarely as the schema does.
 *
 * <p>How they were made, with flatc 2.0.8, from {@code ad00_area_detector_array.fbs} in this module's resources (that is
 * where the origin and the licence are noted):
 *
 * <pre>{@code
 * flatc --java --gen-mutable -o OUT ad00_area_detector_array.fbs
 * }</pre>
 *
 * <p>and then, in each file: the method {@code ValidateVersion} removed (it names a constant that only the 2.0.8 run time
 * has), and the annotation on the class exchanged for {@code @Generated}.
 */
package io.nocturne.sinks.kafka.ad00;
