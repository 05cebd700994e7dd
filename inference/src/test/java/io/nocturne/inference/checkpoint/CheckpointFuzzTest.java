package io.nocturne.inference.checkpoint;

import io.nocturne.inference.unifmir.RecipeWeights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Good files with a few bytes changed: read or refused, never anything else. */
class CheckpointFuzzTest {
    private static Path file;
    private static byte[] archive;
    private static byte[] pickle;

    /** A byte to change; the place as a part of the whole. */
    record Change(double where, byte to) {
        void apply(byte[] bytes) {
            bytes[(int) (where * bytes.length)] = to;
        }
    }

    @BeforeContainer
    static void writeOne() throws IOException {
        file = Files.createTempFile("nocturne-fuzz", ".pt");
        CheckpointWriter.write(
                file,
                StateDict.of(
                        "fuzz",
                        List.of(
                                RecipeWeights.parameter("conv.weight", 2, 3, 3, 3),
                                RecipeWeights.parameter("conv.bias", 2),
                                Parameter.of("steps", new long[] {5}))));
        archive = Files.readAllBytes(file);
        PickleScript script = PickleScript.stateDict().text("a").vector("0", 4);
        script.text("b").tensor("FloatStorage", "0", 4, 1, new long[] {2, 1}, new long[] {2, 1});
        pickle = script.endDict();
    }

    @AfterContainer
    static void removeIt() throws IOException {
        Files.deleteIfExists(file);
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        Arbitrary<Double> where = Arbitraries.doubles().between(0, true, 1, false);
        return Combinators.combine(where, Arbitraries.bytes())
                .as(Change::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    @Property(tries = 400)
    void aChangedFileIsReadOrRefused(@ForAll("changes") List<Change> changes) throws IOException {
        byte[] bytes = archive.clone();
        changes.forEach(change -> change.apply(bytes));
        Files.write(file, bytes);
        readOrRefuse();
    }

    @Property(tries = 400)
    void aChangedPickleInASoundArchiveIsReadOrRefused(@ForAll("changes") List<Change> changes) throws IOException {
        byte[] bytes = pickle.clone();
        changes.forEach(change -> change.apply(bytes));
        Checkpoints.write(file, bytes, new float[4]);
        readOrRefuse();
    }

    private static void readOrRefuse() throws IOException {
        try {
            StateDict read = CheckpointReader.read(file);
            for (String name : read.names()) {
                read.find(name).orElseThrow().floats();
            }
        } catch (CheckpointException | UncheckedIOException refused) {
            // as it should be
        }
    }
}
