package io.nocturne.inference.training;

import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.GaussianBlur;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where patches come from: real clean images and made-up scenes under simulated noise, and real pairs. One thread. */
final class Lessons {
    private static final int SCENE_SIDE = 256;
    /** What {@link Recipe.Mix#lively} counts among. */
    private static final int FEW = 4;

    /** What an image is drawn with, against others of its kind. */
    private record Weighted<T>(T item, double weight) {}

    private final Recipe.Mix mix;
    private final int side;
    private final int scale;
    private final NoiseRandom random;
    private final Exposure exposure;
    private final List<Weighted<Picture>> clean = new ArrayList<>();
    private final List<Weighted<RealPair>> pairs = new ArrayList<>();
    private final List<Picture> scenes = new ArrayList<>();

    private Lessons(Recipe recipe, int scale) {
        mix = recipe.mix();
        side = recipe.schedule().patch();
        this.scale = scale;
        random = new NoiseRandom(NoiseRandom.mix(recipe.seed() + 1));
        exposure = new Exposure(NoiseRandom.mix(recipe.seed() + 2), side, mix.dim());
        Scenes maker = new Scenes(
                NoiseRandom.mix(recipe.seed() + 3), Math.max(SCENE_SIDE, scale * side), mix.deep(), mix.asters());
        for (int i = 0; i < mix.scenes(); i++) {
            scenes.add(maker.next());
        }
    }

    /**
     * Reads a recipe's images and makes its scenes.
     *
     * @param folder that the recipe's paths start from
     * @throws IOException if an image is missing or isn't the one that the recipe tells of
     */
    static Lessons open(Recipe recipe, Path folder, int scale) throws IOException {
        Lessons lessons = new Lessons(recipe, scale);
        for (Recipe.ImageSource source : recipe.sources()) {
            Path cleanFile = checked(folder, source, 0, source.clean());
            if (!source.isPair()) {
                for (StillFrame frame : ImageFiles.frames(cleanFile)) {
                    Picture picture = ImageFiles.picture(frame).normalised(0.01, 0.995, 4);
                    lessons.addClean(picture, source.weight());
                }
            } else if (scale == 1) {
                Path noisyFile = checked(folder, source, 1, source.noisy());
                RealPair pair = new RealPair(
                        ImageFiles.frames(noisyFile).get(0),
                        ImageFiles.frames(cleanFile).get(0));
                if (pair.holds(lessons.side)) {
                    lessons.pairs.add(new Weighted<>(pair, source.weight()));
                }
            }
        }
        if (lessons.clean.isEmpty() && lessons.scenes.isEmpty() && lessons.pairs.isEmpty()) {
            throw new IOException("The recipe " + recipe.name() + " has nothing to learn from");
        }
        return lessons;
    }

    private static Path checked(Path folder, Recipe.ImageSource source, int i, String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new IOException("Training image " + file + " is missing");
        }
        String found = ImageFiles.sha256(file);
        if (source.sha256().size() > i && !source.sha256().get(i).equals(found)) {
            throw new IOException("Training image " + file + " is not the one that the recipe tells of: its sha256 is "
                    + found + ", the recipe says " + source.sha256().get(i));
        }
        return file;
    }

    private void addClean(Picture picture, double weight) {
        int needed = scale * side;
        if (picture.width() < needed || picture.height() < needed) {
            return;
        }
        Picture binned = picture.binned();
        boolean both = binned.width() >= needed && binned.height() >= needed;
        clean.add(new Weighted<>(picture, both ? weight * 0.6 : weight));
        if (both) {
            clean.add(new Weighted<>(binned, weight * 0.4));
        }
    }

    Patch next() {
        double draw = random.nextDouble();
        if (draw < mix.pairs() && !pairs.isEmpty()) {
            return part(draw(pairs));
        }
        if (draw < mix.pairs() + mix.flat()) {
            return flat();
        }
        boolean real = draw < mix.pairs() + mix.flat() + mix.clean() && !clean.isEmpty();
        Picture from = real || scenes.isEmpty() ? draw(clean) : scenes.get(random.nextInt(scenes.size()));
        Picture target = crop(from);
        if (random.nextInt(FEW) < mix.lively()) {
            Picture other = crop(from);
            target = spread(other) > spread(target) ? other : target;
        }
        return exposure.take(scale == 1 ? target : coarse(target), target);
    }

    /** A part of a pair; which of two is livelier is told by the light, in units of its noise. */
    private Patch part(RealPair pair) {
        Patch patch = pair.patch(side, random);
        if (mix.lively() > 1 && random.nextInt(FEW) < mix.lively()) {
            Patch other = pair.patch(side, random);
            double livelier = spread(other.target()) / other.noiseVariance();
            patch = livelier > spread(patch.target()) / patch.noiseVariance() ? other : patch;
        }
        return patch;
    }

    private Picture crop(Picture from) {
        int size = scale * side;
        return from.crop(
                random.nextInt(from.width() - size + 1),
                random.nextInt(from.height() - size + 1),
                size,
                random.nextInt(8));
    }

    private static double spread(Picture picture) {
        double sum = 0;
        double squares = 0;
        for (float value : picture.values()) {
            sum += value;
            squares += (double) value * value;
        }
        return squares - sum * sum / picture.values().length;
    }

    /** What a coarser camera behind a blurrier objective would see. */
    private Picture coarse(Picture fine) {
        double sigma = 0.8 + 0.7 * random.nextDouble();
        float[] blurred = fine.values().clone();
        new GaussianBlur(sigma * sigma).apply(blurred, new GaussianBlur.Scratch(fine.width(), fine.height()));
        return new Picture(fine.width(), fine.height(), blurred).binned();
    }

    private Patch flat() {
        int fine = scale * side;
        float[] level = new float[side * side];
        float[] wanted = new float[fine * fine];
        if (random.nextBoolean()) {
            double dx = random.nextDouble() - 0.5;
            double dy = random.nextDouble() - 0.5;
            for (int i = 0; i < wanted.length; i++) {
                int column = i % fine;
                int row = i / fine;
                wanted[i] = (float) (0.5 + (dx * column + dy * row) / fine - (dx + dy) / 2);
            }
        }
        for (int i = 0; i < level.length; i++) {
            level[i] = wanted[i / side * scale * fine + i % side * scale];
        }
        return exposure.take(new Picture(side, side, level), new Picture(fine, fine, wanted))
                .asBlank();
    }

    private <T> T draw(List<Weighted<T>> items) {
        double total = items.stream().mapToDouble(Weighted::weight).sum();
        double left = random.nextDouble() * total;
        for (Weighted<T> item : items) {
            left -= item.weight();
            if (left < 0) {
                return item.item();
            }
        }
        return items.get(items.size() - 1).item();
    }
}
