package io.nocturne.inference.onnx;

import io.nocturne.inference.ModelCard;
import java.util.List;

/**
 * What a lane's tensors look like: tiles, run in one or a few batches of one size.
 *
 * @param inputDims of one run, the tiles first
 * @param outputDims of one run
 * @param runs for all tiles; the last may hold spare ones
 * @param normCount values that the norm tensor takes, if there is one
 */
record LanePlan(
        String inputTensor,
        String normTensor,
        String outputTensor,
        List<Long> inputDims,
        List<Long> outputDims,
        int runs,
        int normCount) {

    LanePlan {
        inputDims = List.copyOf(inputDims);
        outputDims = List.copyOf(outputDims);
    }

    /**
     * Spreads tiles evenly over as few runs as there can be.
     *
     * @param images frames of a window
     * @param mostPerRun tiles in one run at most, where the card leaves it free
     */
    static LanePlan of(ModelCard card, int tiles, int width, int height, int images, int mostPerRun) {
        boolean fixed = card.tile().batch() > 0;
        int most = fixed ? card.tile().batch() : mostPerRun;
        int runs = (tiles + most - 1) / most;
        long batch = fixed ? most : (tiles + runs - 1) / runs;
        List<Long> input =
                switch (card.input().layout()) {
                    case NCHW -> List.of(batch, (long) images, (long) height, (long) width);
                    case NCDHW -> List.of(batch, 1L, (long) images, (long) height, (long) width);
                };
        long scale = card.scale();
        return new LanePlan(
                card.input().tensor(),
                card.input().normTensor(),
                card.output().tensor(),
                input,
                List.of(batch, (long) card.output().depth(), height * scale, width * scale),
                runs,
                card.normalization().rule().names().size());
    }

    int batch() {
        return Math.toIntExact(inputDims.get(0));
    }

    long[] inputShape() {
        return inputDims.stream().mapToLong(Long::longValue).toArray();
    }

    long[] outputShape() {
        return outputDims.stream().mapToLong(Long::longValue).toArray();
    }

    long inputFloats() {
        return runs * inputDims.stream().reduce(1L, Math::multiplyExact);
    }

    long outputFloats() {
        return runs * outputDims.stream().reduce(1L, Math::multiplyExact);
    }

    long bytes() {
        return (inputFloats() + outputFloats()) * Float.BYTES;
    }
}
