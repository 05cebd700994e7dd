/** Network parameters by name, and the files that hold them. */
package io.nocturne.inference.checkpoint;
