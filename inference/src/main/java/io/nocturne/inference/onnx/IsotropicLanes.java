package io.nocturne.inference.onnx;

import ai.onnxruntime.OrtException;
import io.nocturne.inference.IsotropicVolume;
import io.nocturne.inference.ModelCard;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.TilePlan;
import io.nocturne.inference.onnx.IsotropicLane.Batch;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.util.ArrayList;
import java.util.List;

/** Lanes that restore both orthogonal views of a stack with a 2-D model; see {@link IsotropicVolume}. */
record IsotropicLanes(
        FrameSpec frame, FrameSpec product, int slices, List<TilePlan> tiles, Normalization rule, List<Batch> batches)
        implements Lanes {

    static IsotropicLanes of(ModelCard card, StreamSpec stream, OnnxRestorer.Options options) {
        FrameSpec frame = stream.frame();
        int side = options.tile() == 0 ? card.tile().size() : options.tile();
        if (side == 0) {
            throw new IllegalArgumentException("the isotropic pipeline needs a model of one tile size");
        }
        if (stream.zSlices() < 2) {
            throw new IllegalArgumentException(
                    "the isotropic pipeline needs z-stacks, and this stream has one slice per stack; if the recording"
                            + " doesn't say how many, set source.replay.zSlices");
        }
        int depth = IsotropicVolume.depth(stream);
        FrameSpec product = new FrameSpec(
                frame.width(), frame.height(), depth, options.productType().orElse(frame.pixelType()));
        List<TilePlan> tiles = new ArrayList<>();
        List<Batch> batches = new ArrayList<>();
        for (int view = 0; view < IsotropicVolume.VIEWS; view++) {
            TilePlan plan = IsotropicVolume.plan(view, frame, depth, card.tile(), side);
            int most = card.tile().batch() > 0 ? card.tile().batch() : options.batch();
            int existing = view == 0 ? frame.width() : frame.height();
            int images = Math.max(1, Math.min(existing, most / plan.tiles()));
            tiles.add(plan);
            batches.add(new Batch(LanePlan.of(card, images * plan.tiles(), side, side, 1, most), images));
        }
        return new IsotropicLanes(
                frame, product, stream.zSlices(), List.copyOf(tiles), card.normalization(), List.copyOf(batches));
    }

    @Override
    public List<LanePlan> plans() {
        return batches.stream().map(Batch::plan).toList();
    }

    @Override
    public OnnxLane open(OnnxSession session) throws OrtException {
        return new IsotropicLane(session, new IsotropicVolume(frame, slices, product, tiles, rule), batches);
    }

    @Override
    public long bytes() {
        return IsotropicVolume.bytes(frame, slices, product)
                + batches.stream().mapToLong(b -> b.plan().bytes()).sum();
    }

    @Override
    public String description() {
        return String.format(
                "%d slices%s as %d images of %s and %d of %s",
                slices,
                product.depth() == slices
                        ? ", taken as isotropic"
                        : " interpolated to " + product.depth() + " of the pixels' own size,",
                frame.width(),
                tiles.get(0),
                frame.height(),
                tiles.get(1));
    }
}
