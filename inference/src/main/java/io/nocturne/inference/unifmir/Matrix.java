package io.nocturne.inference.unifmir;

import java.util.function.IntUnaryOperator;

/**
 * A matrix of parameters, row-major, with the few rearrangements that padded layers need. Every operation gives a matrix of
 * its own.
 */
final class Matrix {
    private final int rows;
    private final int columns;
    private final float[] elements;

    private Matrix(int rows, int columns, float[] elements) {
        if (elements.length != rows * columns) {
            throw new IllegalArgumentException(
                    elements.length + " elements are no matrix of " + rows + " by " + columns);
        }
        this.rows = rows;
        this.columns = columns;
        this.elements = elements;
    }

    /** A matrix of these elements, which it keeps. */
    static Matrix of(int rows, int columns, float[] elements) {
        return new Matrix(rows, columns, elements);
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** The elements themselves, row-major. */
    float[] elements() {
        return elements;
    }

    float at(int row, int column) {
        return elements[row * columns + column];
    }

    Matrix transposed() {
        float[] turned = new float[elements.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                turned[column * rows + row] = at(row, column);
            }
        }
        return new Matrix(columns, rows, turned);
    }

    /** Rows {@code from} (inclusive) to {@code to} (exclusive). */
    Matrix rows(int from, int to) {
        float[] part = new float[(to - from) * columns];
        System.arraycopy(elements, from * columns, part, 0, part.length);
        return new Matrix(to - from, columns, part);
    }

    Matrix times(float factor) {
        float[] scaled = elements.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return new Matrix(rows, columns, scaled);
    }

    /** Puts each column where {@code place} tells, in a wider matrix of zeros. */
    Matrix spreadColumns(int width, IntUnaryOperator place) {
        float[] spread = new float[rows * width];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                spread[row * width + place.applyAsInt(column)] = at(row, column);
            }
        }
        return new Matrix(rows, width, spread);
    }

    /** Puts each row where {@code place} tells, in a taller matrix of zeros. */
    Matrix spreadRows(int height, IntUnaryOperator place) {
        return transposed().spreadColumns(height, place).transposed();
    }

    /** Replaces one row. */
    Matrix withRow(int row, float[] values) {
        float[] changed = elements.clone();
        System.arraycopy(values, 0, changed, row * columns, columns);
        return new Matrix(rows, columns, changed);
    }

    /** Widens it; every column added is the mean of those there were. */
    Matrix withMeanColumns(int width) {
        float[] widened = new float[rows * width];
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int column = 0; column < columns; column++) {
                widened[row * width + column] = at(row, column);
                sum += at(row, column);
            }
            for (int column = columns; column < width; column++) {
                widened[row * width + column] = (float) (sum / columns);
            }
        }
        return new Matrix(rows, width, widened);
    }
}
