package io.nocturne.bench;

import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.StreamSpec;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A restorer as named on the command line: {@code copy}, {@code sleep:MILLIS}, or a model's name such as {@code gaussian}.
 */
public sealed interface RestorerChoice {
    /** Copies the frame, after a time that is slept. */
    record Copy(Duration service) implements RestorerChoice {
        @Override
        public Restorer open(StreamSpec stream, int workers) {
            return new CopyRestorer(stream.frame(), ServiceTime.of(service));
        }

        @Override
        public String toString() {
            return service.isZero() ? "copy" : "copy after " + service.toMillis() + " ms";
        }
    }

    /** Runs a model of the catalogue. */
    record Model(String name) implements RestorerChoice {
        @Override
        public Restorer open(StreamSpec stream, int workers) throws ModelException {
            OnnxRestorer.Options options = OnnxRestorer.Options.defaults().withWorkers(workers);
            return OnnxRestorer.open(ModelCatalog.open(List.of()).find(name), stream, options);
        }

        @Override
        public String toString() {
            return "model " + name;
        }
    }

    /** Opens it for a stream. */
    Restorer open(StreamSpec stream, int workers) throws ModelException;

    /** Reads a name. */
    static RestorerChoice of(String text) {
        if (text.equals("copy")) {
            return new Copy(Duration.ZERO);
        }
        if (text.startsWith("sleep:")) {
            return new Copy(Duration.ofMillis(Long.parseLong(text.substring("sleep:".length()))));
        }
        return new Model(text);
    }

    /** For picocli. */
    final class Converter implements ITypeConverter<RestorerChoice> {
        @Override
        public RestorerChoice convert(String text) {
            try {
                return of(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException(
                        "'" + text + "' is not a restorer: copy, sleep:MILLIS such as sleep:40, or a model's name");
            }
        }
    }
}
