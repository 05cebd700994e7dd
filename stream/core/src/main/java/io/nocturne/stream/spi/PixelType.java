package io.nocturne.stream.spi;

/** How one pixel is stored. Planes are always in native byte order, row-major, without padding. */
public enum PixelType {
    UINT8(1, "uint8"),
    UINT16(2, "uint16"),
    FLOAT32(4, "float32");

    private final int bytes;
    private final String zarrName;

    PixelType(int bytes, String zarrName) {
        this.bytes = bytes;
        this.zarrName = zarrName;
    }

    /** Bytes per pixel. */
    public int bytes() {
        return bytes;
    }

    /** The name used by NumPy and Zarr v3: {@code uint8}, {@code uint16} or {@code float32}. */
    public String typeName() {
        return zarrName;
    }

    /** Largest value an integer type holds; {@link Double#POSITIVE_INFINITY} for floats. */
    public double maxValue() {
        return switch (this) {
            case UINT8 -> 255;
            case UINT16 -> 65535;
            case FLOAT32 -> Double.POSITIVE_INFINITY;
        };
    }

    /**
     * Finds a type by its {@link #typeName()}.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public static PixelType ofName(String name) {
        for (PixelType type : values()) {
            if (type.zarrName.equals(name)) {
                return type;
            }
        }
        throw new IllegalArgumentException("Pixel type '" + name + "' is not one of uint8, uint16, float32");
    }
}
