package io.nocturne.inference;

/** Order statistics of a scratch array, in linear time and without allocation; the array is reordered. */
final class Quantiles {
    private Quantiles() {}

    /** Quantile with linear interpolation between order statistics, as NumPy's default. */
    static double quantile(float[] values, int from, int to, double fraction) {
        double rank = from + fraction * (to - from - 1);
        int below = (int) Math.floor(rank);
        double low = select(values, from, to - 1, below);
        double part = rank - below;
        if (part == 0 || below + 1 >= to) {
            return low;
        }
        float high = Float.POSITIVE_INFINITY; // everything above the selected rank is at least as large
        for (int i = below + 1; i < to; i++) {
            high = Math.min(high, values[i]);
        }
        return low + part * (high - low);
    }

    static double median(float[] values, int from, int to) {
        return quantile(values, from, to, 0.5);
    }

    /** Hoare's selection with a median of three as pivot. */
    private static float select(float[] a, int first, int last, int rank) {
        int left = first;
        int right = last;
        while (left < right) {
            float pivot = medianOfThree(a[left], a[(left + right) >>> 1], a[right]);
            int i = left;
            int j = right;
            while (i <= j) {
                while (a[i] < pivot) {
                    i++;
                }
                while (a[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    float swap = a[i];
                    a[i++] = a[j];
                    a[j--] = swap;
                }
            }
            if (rank <= j) {
                right = j;
            } else if (rank >= i) {
                left = i;
            } else {
                return a[rank];
            }
        }
        return a[rank];
    }

    private static float medianOfThree(float a, float b, float c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }
}
