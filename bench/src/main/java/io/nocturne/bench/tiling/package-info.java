/** How far a tile's cut edge is felt, and what blended overlaps leave of it. */
package io.nocturne.bench.tiling;
