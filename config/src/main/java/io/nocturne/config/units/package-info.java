/** Quantities as people write them in a configuration: {@code 2 s}, {@code 512 MiB}, {@code 20 fps}. */
package io.nocturne.config.units;
