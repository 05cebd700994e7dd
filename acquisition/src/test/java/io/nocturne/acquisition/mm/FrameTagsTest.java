package io.nocturne.acquisition.mm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class FrameTagsTest {
    private final FrameTags tags = new FrameTags();

    @Test
    void aFramesTagsAreRead() {
        tags.read("3\ns\nImageNumber\n_\n1\n17\ns\nElapsedTime-ms\n_\n0\n25.28\ns\nCamera\n_\n1\nDemo cam\n");
        assertThat(tags.imageNumber()).isEqualTo(17);
        assertThat(tags.elapsedMillis()).isEqualTo(25.28);
        assertThat(tags.camera()).isEqualTo("Demo cam");
        assertThat(tags.isOf("Demo cam")).isTrue();
        assertThat(tags.isOf("Demo")).isFalse();
        assertThat(tags.width()).isEqualTo(-1);
        assertThat(tags.coreLocalNanos()).isEqualTo(FrameTags.UNKNOWN);
    }

    @Test
    void nothingOfTheFrameBeforeIsLeft() {
        tags.read("1\ns\nImageNumber\n_\n1\n17\n");
        tags.read("0\n");
        assertThat(tags.imageNumber()).isEqualTo(-1);
        assertThat(tags.isOf("any")).as("a frame that does not say whose it is").isTrue();
    }

    @Test
    void listsAndDevicesTagsAreSteppedOver() {
        String list = "a List Dev 1 2 ImageNumber 5";
        String indexOfDevice = "s CameraChannelIndex Multi-Camera 1 1";
        tags.read(String.join(" ", "3", list, indexOfDevice, "s ImageNumber _ 1 9 ")
                .replace(' ', '\n'));
        assertThat(tags.imageNumber()).isEqualTo(9);
        assertThat(tags.all())
                .containsExactly(Map.entry("Multi-Camera-CameraChannelIndex", "1"), Map.entry("ImageNumber", "9"));
    }

    @Test
    void oddTagsAreUnknownNotErrors() {
        for (String text : new String[] {
            "",
            "x",
            "1",
            "1\ns",
            "1\ns\nImageNumber",
            "1\ns\nImageNumber\n_\n1\n",
            "1\ns\nImageNumber\n_\n1\n-4\n",
            "1\ns\nImageNumber\n_\n1\n1e5\n",
            "1\ns\nTimeReceivedByCore\n_\n1\nyesterday\n",
            "1\ns\nTimeReceivedByCore\n_\n1\n2026-13-01 00:00:00.0\n",
            "1\ns\nWidth\n_\n1\n1.2.3\n",
            "1\na\nL\n_\n1\n999999999\n"
        }) {
            tags.read(text);
            assertThat(tags.imageNumber()).as(text).isEqualTo(-1);
            assertThat(tags.width()).as(text).isEqualTo(-1);
            assertThat(tags.coreLocalNanos()).as(text).isEqualTo(FrameTags.UNKNOWN);
            assertThat(tags.all()).isNotNull();
        }
    }

    @Property(tries = 300)
    void aTimeOnTheWallIsReadToTheMicrosecond(@ForAll @LongRange(min = 0, max = 4_000_000_000L) long second) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(second, 279_887_000, ZoneOffset.UTC);
        String text = time.toString().replace('T', ' ').substring(0, 16)
                + String.format(Locale.ROOT, ":%02d.279887", time.getSecond());
        tags.read("1\ns\nTimeReceivedByCore\n_\n1\n" + text + "\n");
        assertThat(tags.coreLocalNanos()).isEqualTo(second * 1_000_000_000L + 279_887_000);
    }

    @Test
    void coreTimeIsHowLongAgoItWasWhateverTheZone() {
        long wall = 1_000_000 * 3_600_000_000_000L;
        CoreTime time = new CoreTime(() -> wall + 5_000_000);
        assertThat(time.nanos(wall, 77_000_000)).isEqualTo(72_000_000);
        assertThat(time.nanos(wall - 3_600_000_000_000L, 77_000_000))
                .as("another zone")
                .isEqualTo(72_000_000);
        assertThat(time.nanos(wall + 6_000_000, 77_000_000))
                .as("never in the future")
                .isEqualTo(77_000_000);
        assertThat(time.nanos(FrameTags.UNKNOWN, 77_000_000)).isEqualTo(77_000_000);
    }

    @Test
    void whereParksAreCoarseAndFramesFastTheSourceSpins() {
        assertThat(Poll.chosen(260_000, 10_000_000).parkNanos()).isEqualTo(200_000);
        assertThat(Poll.chosen(15_600_000, 10_000_000).parkNanos()).isZero();
        assertThat(Poll.chosen(15_600_000, 50_000_000).parkNanos()).isEqualTo(200_000);
        assertThat(Poll.chosen(15_600_000, 0).parkNanos()).isEqualTo(200_000);
    }
}
