package io.nocturne.bench;

import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.StreamSpec;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A restorer as named on the command line: {@code copy} or {@code sleep:MILLIS}. */
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

    /** Opens it for a stream. */
    Restorer open(StreamSpec stream, int workers);

    /** Reads a name. */
    static RestorerChoice of(String text) {
        if (text.equals("copy")) {
            return new Copy(Duration.ZERO);
        }
        if (text.startsWith("sleep:")) {
            return new Copy(Duration.ofMillis(Long.parseLong(text.substring("sleep:".length()))));
        }
        throw new TypeConversionException("'" + text + "' is not a restorer: copy, or sleep:MILLIS such as sleep:40");
    }

    /** For picocli. */
    final class Converter implements ITypeConverter<RestorerChoice> {
        @Override
        public RestorerChoice convert(String text) {
            return of(text);
        }
    }
}
