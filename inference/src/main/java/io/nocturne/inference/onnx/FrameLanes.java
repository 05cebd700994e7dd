package io.nocturne.inference.onnx;

import ai.onnxruntime.OrtException;
import io.nocturne.inference.ModelCard;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.TileBlender;
import io.nocturne.inference.TileLoader;
import io.nocturne.inference.TilePlan;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.util.List;

/**
 * Lanes that give a window's frames to the model as they are, in tiles.
 *
 * @param images frames of a window
 * @param rule what is left for us to do to pixels
 */
record FrameLanes(
        FrameSpec frame, FrameSpec product, TilePlan tiles, int scale, int images, Normalization rule, LanePlan plan)
        implements Lanes {

    static FrameLanes of(ModelCard card, StreamSpec stream, OnnxRestorer.Options options) {
        FrameSpec frame = stream.frame();
        TilePlan tiles = tiles(card, frame, options.tile());
        int images = options.window(card).size(stream.zSlices());
        FrameSpec product = new FrameSpec(
                frame.width() * card.scale(),
                frame.height() * card.scale(),
                card.output().depth(),
                options.productType().orElse(frame.pixelType()));
        LanePlan plan =
                LanePlan.of(card, tiles.tiles(), tiles.x().tile(), tiles.y().tile(), images, options.batch());
        boolean ours = card.input().normTensor().isEmpty(); // a model with a tensor for the values does it all itself
        Normalization rule = ours ? card.normalization() : Normalization.none();
        return new FrameLanes(frame, product, tiles, card.scale(), images, rule, plan);
    }

    private static TilePlan tiles(ModelCard card, FrameSpec frame, int wanted) {
        ModelCard.Tile tile = card.tile();
        int cell = card.input().cell();
        int side = wanted == 0 ? tile.size() : wanted;
        return side == 0
                ? TilePlan.whole(frame.width(), frame.height(), tile.multiple(), tile.minimum(), cell)
                : TilePlan.tiled(frame.width(), frame.height(), side, tile.overlap(), tile.multiple(), cell);
    }

    @Override
    public List<LanePlan> plans() {
        return List.of(plan);
    }

    @Override
    public OnnxLane open(OnnxSession session) throws OrtException {
        return new FrameLane(
                session,
                plan,
                new TileLoader(frame, tiles, images, rule),
                new TileBlender(tiles, scale, product, rule));
    }

    @Override
    public long bytes() {
        return plan.bytes();
    }

    @Override
    public String description() {
        return tiles + ", " + plan.batch() + " per run";
    }
}
