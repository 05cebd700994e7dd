package io.nocturne.bench.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What kcat prints, as its own manual page and version 1.7.1 have it. */
class KcatTest {
    private final List<KcatRecord> records = new ArrayList<>();

    private void read(byte[] printed) throws IOException {
        Kcat.records(new ByteArrayInputStream(printed), records::add);
    }

    private static byte[] printed(Object... parts) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object part : parts) {
            out.write(part instanceof byte[] bytes ? bytes : part.toString().getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    @Test
    void payloadsMayHoldAnyBytes() throws Exception {
        byte[] first = {'\n', '\t', 0, -1, '\n'};
        byte[] second = {9, 10};
        read(printed("0\tcam0\t5\tindex=3,state=RESTORED\n", first, "1\tcam0\t2\tindex=4\n", second));

        assertThat(records).hasSize(2);
        assertThat(records.get(0).payload()).isEqualTo(ByteBuffer.wrap(first));
        assertThat(records.get(0).header("state")).isEqualTo("RESTORED");
        assertThat(records.get(1).offset()).isEqualTo(1);
        assertThat(records.get(1).payload()).isEqualTo(ByteBuffer.wrap(second));
        assertThat(records.get(1).header("state")).isEmpty();
    }

    @Test
    void anEmptyPayloadAndNoneAtAllAreEmpty() throws Exception {
        read(printed("0\tcam0\t0\tindex=-1\n", "1\tcam0\t-1\tindex=0\n"));

        assertThat(records).hasSize(2).noneMatch(record -> record.payload().hasRemaining());
        assertThat(records).extracting(record -> record.header("index")).containsExactly("-1", "0");
    }

    @Test
    void aPayloadThatEndsTooSoonIsAnError() throws Exception {
        byte[] printed = printed("0\tcam0\t5\tindex=3\n", new byte[4]);

        assertThatThrownBy(() -> read(printed)).isInstanceOf(EOFException.class).hasMessageContaining("5 bytes");
    }

    @Test
    void aLineThatIsNotInTheFormatIsAnError() throws Exception {
        byte[] printed = printed("% Reached end of topic\n");

        assertThatThrownBy(() -> read(printed)).isInstanceOf(IOException.class).hasMessageContaining("Reached end");
    }
}
