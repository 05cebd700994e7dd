package io.nocturne.bench.quality;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/** A picture of pictures: one row per set, noisy to the left, then each method, the reference to the right. */
final class Sheet {
    private static final int TILE = 192;
    private static final int LABEL = 16;

    private Sheet() {}

    /** One set's example. */
    static final class Row {
        private final String title;
        private final Pair pair;
        private final List<String> names = new ArrayList<>();
        private final List<float[]> results = new ArrayList<>();

        Row(String title, Pair pair) {
            this.title = title;
            this.pair = pair;
        }

        Pair pair() {
            return pair;
        }

        void add(String name, float[] result) {
            names.add(name);
            results.add(result);
        }
    }

    /** Writes the sheet as PNG. Each tile is the middle of the image, at the reference's brightness after the fit. */
    static void write(Path file, List<Row> rows) throws IOException {
        int columns =
                rows.stream().mapToInt(row -> row.results.size() + 1).max().orElse(1);
        BufferedImage sheet =
                new BufferedImage(columns * TILE, rows.size() * (TILE + LABEL), BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = sheet.createGraphics();
        pen.setColor(Color.WHITE);
        for (int r = 0; r < rows.size(); r++) {
            Row row = rows.get(r);
            int top = r * (TILE + LABEL);
            float[] reference = row.pair.reference();
            boolean[] all = new boolean[reference.length];
            Arrays.fill(all, true);
            for (int c = 0; c < row.results.size(); c++) {
                double[] line = Score.line(row.results.get(c), reference, all);
                tile(sheet, c * TILE, top + LABEL, row.pair, row.results.get(c), line);
                pen.drawString(c == 0 ? row.title : row.names.get(c), c * TILE + 3, top + 12);
            }
            int last = row.results.size();
            tile(sheet, last * TILE, top + LABEL, row.pair, reference, new double[] {1, 0});
            pen.drawString("reference", last * TILE + 3, top + 12);
        }
        pen.dispose();
        ImageIO.write(sheet, "png", file.toFile());
    }

    private static void tile(BufferedImage sheet, int left, int top, Pair pair, float[] image, double[] line) {
        float[] sorted = pair.reference().clone();
        Arrays.sort(sorted);
        double low = sorted[sorted.length / 100];
        double span = Math.max(1e-6, sorted[(int) (0.998 * sorted.length)] - low);
        int x0 = Math.max(0, (pair.width() - TILE) / 2);
        int y0 = Math.max(0, (pair.height() - TILE) / 2);
        for (int y = 0; y < Math.min(TILE, pair.height()); y++) {
            for (int x = 0; x < Math.min(TILE, pair.width()); x++) {
                double value = line[0] * image[(y0 + y) * pair.width() + x0 + x] + line[1];
                int grey = (int) Math.min(255, Math.max(0, 255 * Math.pow(Math.max(0, (value - low) / span), 0.8)));
                sheet.setRGB(left + x, top + y, grey << 16 | grey << 8 | grey);
            }
        }
    }
}
