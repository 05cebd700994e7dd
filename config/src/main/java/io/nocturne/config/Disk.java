package io.nocturne.config;

import io.nocturne.config.units.SyncPolicy;
import io.nocturne.config.yaml.Setting;
import io.nocturne.stream.ring.PipelineSettings.RawFailure;
import io.nocturne.stream.stack.NdTiffWriter;
import io.nocturne.stream.stack.OmeTiffWriter;
import io.nocturne.stream.stack.OmeZarrVersion;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.StackFormat;
import java.util.Locale;
import java.util.Optional;

/** What is written to disk. */
public record Disk(
        @Setting(value = "Raw frames; false only for a replayed recording.", byDefault = "true") boolean raw,
        @Setting(value = "Restored frames.", byDefault = "true") boolean restored,
        @Setting(value = "If raw frames can't be stored: stop the run, or go on and leave a gap.", byDefault = "stop")
                RawFailure onRawFailure,
        @Setting(
                        value =
                                "What stacks are stored as: omeZarr (0.5); omeZarr04 for QuPath, OMERO and older programs; omeTiff: one growing BigTIFF file each;"
                                        + " ndTiff: Micro-Manager's own, a folder of TIFF files and an index each.",
                        byDefault = "omeZarr")
                Format format,
        @Setting("Files of a stack: shards hold many frames and can be read while they fill, files hold one each;"
                        + " without it, shards where the format has them.")
                Optional<OmeZarrWriter.Layout> layout,
        @Setting(value = "Most planes of a shard.", byDefault = "128", min = "1", max = "255") int shardPlanes,
        @Setting(value = "zstd compression of frames, 1 to 19; 0 for none.", byDefault = "0", min = "0", max = "19")
                int zstd,
        @Setting(
                        value =
                                "When frames are put on the disk itself, against loss of power: none, each, or a span such as 1 s.",
                        byDefault = "none")
                SyncPolicy fsync,
        @Setting(
                        value =
                                "Adds smaller copies for viewers when the run has ended, down to 256 pixels a side; they take up to a third more disk.",
                        byDefault = "false")
                boolean pyramid) {
    public Disk {
        if (pyramid && !raw && !restored) {
            throw new IllegalArgumentException(
                    "pyramid needs frames on disk: leave it out, or let raw or restored be true");
        }
        boolean zarr = format == Format.OME_ZARR || format == Format.OME_ZARR04;
        if (!zarr && (layout.isPresent() || zstd > 0 || pyramid)) {
            throw new IllegalArgumentException("layout, zstd and pyramid need an OME-Zarr: leave them out, or take"
                    + " another format. OME-TIFF and NDTiff are uncompressed files of whole frames");
        }
        if (layout.equals(Optional.of(OmeZarrWriter.Layout.SHARDS)) && format != Format.OME_ZARR) {
            throw new IllegalArgumentException("layout can be shards only with format omeZarr; leave it out:"
                    + " OME-Zarr 0.4 has a file for every frame");
        }
    }

    /** How stacks are written. */
    StackFormat storage() {
        return switch (format) {
            case OME_TIFF -> new OmeTiffWriter.Format(fsync.fsync());
            case ND_TIFF -> new NdTiffWriter.Format(fsync.fsync());
            case OME_ZARR, OME_ZARR04 -> zarr();
        };
    }

    private OmeZarrWriter.Options zarr() {
        OmeZarrWriter.Options options = OmeZarrWriter.Options.DEFAULT
                .withVersion(format == Format.OME_ZARR ? OmeZarrVersion.V0_5 : OmeZarrVersion.V0_4)
                .withShardPlanes(shardPlanes)
                .withZstd(zstd)
                .withFsync(fsync.fsync());
        return layout.map(options::withLayout).orElse(options);
    }

    /** Format and layout for people. */
    String described() {
        if (format == Format.OME_TIFF) {
            return "OME-TIFF, a file per stack";
        }
        if (format == Format.ND_TIFF) {
            return "NDTiff, a folder of TIFF files per stack; the end of its index, lost with the power, is made again"
                    + " by 'verify --repair'";
        }
        OmeZarrWriter.Options options = zarr();
        return "OME-Zarr " + options.version().number() + " in "
                + options.layout().name().toLowerCase(Locale.ROOT)
                + (zstd > 0 ? ", zstd " + zstd : "");
    }

    /** What stacks are stored as. */
    public enum Format {
        OME_ZARR,
        OME_ZARR04,
        OME_TIFF,
        ND_TIFF
    }
}
