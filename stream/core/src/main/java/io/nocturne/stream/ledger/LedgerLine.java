package io.nocturne.stream.ledger;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameState;
import java.util.Map;

/**
 * One line of a ledger as read back.
 *
 * @param offset of its first byte in the file
 * @param bytes its length without the line break
 * @param intact whether its CRC holds; if not, nothing else but {@code text} is known
 * @param text the line as it stands
 * @param members its members by name: {@link Long}, {@link Double}, {@link String}, or {@code double[]} for lists;
 *     empty if not intact
 */
public record LedgerLine(long offset, int bytes, boolean intact, String text, Map<String, Object> members) {

    /** {@code run}, {@code epoch}, {@code raw}, {@code outcome}, {@code gap}, {@code event}, {@code end}; or empty. */
    public String kind() {
        return text("k");
    }

    public String stream() {
        return text("s");
    }

    public int epoch() {
        return (int) number("e", 0);
    }

    public long index() {
        return number("i", -1);
    }

    /** Frames that the line speaks for. */
    public int count() {
        return (int) number("n", 1);
    }

    /** State of an {@code outcome} line. */
    public FrameState state() {
        return FrameState.valueOf(text("state"));
    }

    public Cause cause() {
        String name = text("cause");
        return name.isEmpty() ? Cause.NONE : Cause.valueOf(name);
    }

    /** Normalisation values of an {@code outcome} line; a fresh array. */
    public double[] norm() {
        return members.get("norm") instanceof double[] values ? values.clone() : new double[0];
    }

    /** True for a {@code raw} line whose frame was stored. */
    public boolean delivered() {
        return text("d").equals("delivered");
    }

    /** CRC-32C of the raw plane, -1 if the line has none. */
    public long pixelsCrc32c() {
        String hex = text("px");
        return hex.isEmpty() ? -1 : Long.parseLong(hex, 16);
    }

    public long number(String name, long otherwise) {
        return members.get(name) instanceof Number n ? n.longValue() : otherwise;
    }

    public String text(String name) {
        return members.get(name) instanceof String s ? s : "";
    }
}
