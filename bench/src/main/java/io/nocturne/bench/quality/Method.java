package io.nocturne.bench.quality;

import boofcv.abst.denoise.FactoryImageDenoise;
import boofcv.abst.denoise.WaveletDenoiseFilter;
import boofcv.struct.image.GrayF32;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.Normalizer;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
import io.nocturne.stream.optics.GaussianBlur;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.util.Optional;

/** Something that makes a better image of a noisy one. */
interface Method {
    String name();

    /** Restores one frame, seen alone: counts, row-major. */
    float[] restore(StillFrame noisy) throws Exception;

    static Method unprocessed() {
        return of("unprocessed", StillFrame::counts);
    }

    static Method gaussian(double sigma) {
        GaussianBlur blur = new GaussianBlur(sigma * sigma);
        return of("gaussian " + sigma, noisy -> {
            float[] counts = noisy.counts();
            blur.apply(
                    counts,
                    new GaussianBlur.Scratch(noisy.spec().width(), noisy.spec().height()));
            return counts;
        });
    }

    static Method model(RestorationModel model) {
        return of(model.card().name(), noisy -> {
            FrameSpec spec = noisy.spec();
            try (StillRestorer restorer = StillRestorer.open(model, spec, OnnxRestorer.Options.defaults())) {
                return restorer.restore(noisy);
            }
        });
    }

    /**
     * BayesShrink (Chang, Yu and Vetterli, IEEE Trans. Image Process. 9, 2000) by BoofCV, four levels, between the
     * generalised Anscombe transform of the estimated noise and its algebraic inverse.
     */
    static Method wavelets() {
        return of("BayesShrink", noisy -> {
            StreamSpec stream = StreamSpec.movie("noise", noisy.spec(), 0, 1);
            double[] norm = new double[RestorerSpec.MAX_NORM];
            new Normalizer(Normalization.anscombe(), stream, Optional.empty()).observe(noisy, norm);
            double read = norm[2] / norm[1];
            double shift = 3.0 / 8 + read * read;
            GrayF32 image = new GrayF32(noisy.spec().width(), noisy.spec().height());
            for (int i = 0; i < image.data.length; i++) {
                image.data[i] = (float) (2 * Math.sqrt(Math.max(0, (noisy.get(i) - norm[0]) / norm[1] + shift)));
            }
            WaveletDenoiseFilter<GrayF32> filter = FactoryImageDenoise.waveletBayes(GrayF32.class, 4, 0, 1e6);
            GrayF32 smooth = image.createSameShape();
            filter.process(image, smooth);
            float[] out = new float[image.data.length];
            for (int i = 0; i < out.length; i++) {
                float root = smooth.data[i];
                out[i] = (float) ((root * root / 4 - shift) * norm[1] + norm[0]);
            }
            return out;
        });
    }

    /** A method from a function. */
    static Method of(String name, Restoring function) {
        return new Method() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public float[] restore(StillFrame noisy) throws Exception {
                return function.restore(noisy);
            }
        };
    }

    /** What a method does. */
    interface Restoring {
        float[] restore(StillFrame noisy) throws Exception;
    }
}
