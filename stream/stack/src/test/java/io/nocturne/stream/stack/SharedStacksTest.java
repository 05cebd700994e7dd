package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real recordings against checksums (CRC-32 over little-endian planes) that another program computed from the files. */
class SharedStacksTest {
    private static Path shared(String name) {
        Path path = Path.of(System.getProperty("nocturne.shared", "../shared"), "data", name);
        assumeTrue(Files.exists(path), "no shared data here");
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "checksums are of little-endian planes");
        return path;
    }

    @ParameterizedTest
    @CsvSource({
        "lysosome_confocal_timelapse/lysosome_01.tif,128x128 uint16,50,1,c5d99e61",
        "frap_timelapse_512,512x512 uint16,40,1,12388534",
        "clean_16bit_for_synthesis/xyc_16bit__hela-cells.tif,672x512 uint16,3,3,897d01d8",
        "w2s_8bit_pairs/input_avg1_001_0.tif,512x512 uint8,1,1,2467850f",
        "gigadb_hagen_pairs/actin-20x-noise1-lowsnr-sample.png,2048x2048 uint8,1,1,0a515319",
        "myxo_bacteria_pair/Noisy_images_avg1_16bit.png,512x512 uint16,1,1,eb935991"
    })
    void realStacksAreReadAsAnotherProgramReadsThem(
            String name, String geometry, int frames, int channels, String crc32) throws IOException {
        try (StackReader reader = StackReader.open(shared(name))) {
            StreamSpec stream = reader.stream();
            assertThat(stream.frame()).hasToString(geometry);
            assertThat(reader.frames()).isEqualTo(frames);
            assertThat(stream.channels()).hasSize(channels);
            CRC32 crc = new CRC32();
            ByteBuffer frame = Patterns.direct(stream.frame());
            for (int i = 0; i < frames; i++) {
                assertThat(reader.read(i, frame)).isTrue();
                crc.update(frame);
            }
            assertThat(Long.toHexString(crc.getValue())).isEqualTo(crc32.replaceFirst("^0+", ""));
        }
    }

    @Test
    void timeAndPixelSizeOfAnImageJMovieAreFound() throws IOException {
        try (StackReader reader = StackReader.open(shared("frap_timelapse_512"))) {
            assertThat(reader.stream().framePeriodNanos()).isBetween(2_043_000_000L, 2_045_000_000L);
            assertThat(reader.stream().pixelSizeUm()).isBetween(0.01, 10.0);
        }
    }

    @Test
    void aFolderOfUnequalFramesNamesTwoOfThem() throws IOException {
        Path folder = shared("clean_16bit_for_synthesis");
        assertThatThrownBy(() -> StackReader.open(folder))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("treatment_A--batch_01--C02.ome.tif")
                .hasMessageContaining("xy_16bit__bacteria_cords_thick.tif");
    }
}
