package io.nocturne.inference;

import io.nocturne.inference.graph.GraphException;
import io.nocturne.inference.graph.GraphTail;
import io.nocturne.stream.optics.LowPass;
import java.io.IOException;
import java.nio.file.Files;

/**
 * What an objective can't pass is no image: a model whose products hold no frequencies beyond the support of the optical
 * transfer function, {@code 2 NA / wavelength}.
 *
 * @param numericalAperture of the objective
 * @param wavelengthUm of the emission, micrometres
 */
public record OtfMask(double numericalAperture, double wavelengthUm) {
    /**
     * Puts the mask behind a model, as two convolutions in its graph ({@link LowPass} tells why two); the model's identity
     * changes. Where pixels are so large that the objective passes all they can show, the model stays as it is.
     *
     * @param pixelUm of frames, micrometres
     * @throws ModelException if the pixel size is unknown, or the model's products aren't single planes
     */
    public RestorationModel behind(RestorationModel model, double pixelUm) throws ModelException {
        if (!(pixelUm > 0)) {
            throw new ModelException("restore.otf needs the pixel size, which the source doesn't tell: set it there, or"
                    + " leave restore.otf out");
        }
        ModelCard card = model.card();
        double limit = LowPass.limit(numericalAperture, wavelengthUm, pixelUm / card.scale());
        if (!LowPass.removesAnything(limit)) {
            return model;
        }
        if (card.output().depth() != 1 || !card.files().isEmpty()) {
            throw new ModelException("restore.otf fits models of single planes with their weights inside; "
                    + card.name() + " isn't one: leave restore.otf out");
        }
        try {
            byte[] onnx =
                    model.file().isPresent() ? Files.readAllBytes(model.file().get()) : model.bytes();
            String output = card.output().tensor();
            byte[] masked =
                    GraphTail.filter(onnx, output, LowPass.passing(limit).kernel());
            return RestorationModel.of(masked, card.withOutput(ModelCard.Output.image(GraphTail.nameOf(output))));
        } catch (GraphException e) {
            throw new ModelException("restore.otf doesn't fit model " + card.name() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new ModelException("Model " + card.name() + " can't be read: " + e.getMessage(), e);
        }
    }
}
