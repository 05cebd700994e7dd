package io.nocturne.bench.kill;

import io.nocturne.stream.stack.Fsync;
import io.nocturne.stream.stack.NdTiffWriter;
import io.nocturne.stream.stack.OmeTiffWriter;
import io.nocturne.stream.stack.OmeZarrVersion;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.StackFormat;

/** What a recording that will be killed is stored as. */
enum DiskFormat {
    SHARDS(100),
    FILES(20),
    ZARR04(20),
    TIFF(100),
    NDTIFF(100);

    private final double framesPerSecond;

    DiskFormat(double framesPerSecond) {
        this.framesPerSecond = framesPerSecond;
    }

    /** Frames per second if nothing else is said: a file per frame, twice, is more work than a machine may have time for. */
    double framesPerSecond() {
        return framesPerSecond;
    }

    boolean isZarr() {
        return this != TIFF && this != NDTIFF;
    }

    StackFormat stacks() {
        OmeZarrWriter.Options zarr = OmeZarrWriter.Options.DEFAULT;
        return switch (this) {
            case SHARDS -> zarr;
            case FILES -> zarr.withLayout(OmeZarrWriter.Layout.FILES);
            case ZARR04 -> zarr.withVersion(OmeZarrVersion.V0_4);
            case TIFF -> new OmeTiffWriter.Format(Fsync.NONE);
            case NDTIFF -> new NdTiffWriter.Format(Fsync.NONE);
        };
    }
}
