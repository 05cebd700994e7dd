/** A recording killed at a random moment, checked against a second process that was told of every frame. */
package io.nocturne.bench.kill;
