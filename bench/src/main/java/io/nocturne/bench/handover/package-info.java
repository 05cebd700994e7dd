/** Our hand-over of frames from thread to thread, measured against the designs that were rejected. */
package io.nocturne.bench.handover;
