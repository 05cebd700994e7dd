/** How fast frames get to disk, in each layout and beside other writers of the same bytes. */
package io.nocturne.bench.disk;
