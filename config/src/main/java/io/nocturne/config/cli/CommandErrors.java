package io.nocturne.config.cli;

import io.nocturne.config.InfeasibleRunException;
import io.nocturne.config.yaml.ConfigException;
import io.nocturne.inference.ModelException;
import io.nocturne.sinks.kafka.KafkaSetupException;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.stack.StackException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;

/** Turns what went wrong into one clear sentence on stderr and an exit code. */
public final class CommandErrors {
    /** A run failed, or frames are unaccounted for. */
    public static final int FAILED = 1;
    /** Bad usage or input. */
    public static final int BAD_INPUT = 2;

    private CommandErrors() {}

    /** Makes errors of that command line clear sentences; stack traces are shown only when asked for. */
    public static void installOn(CommandLine commandLine, BooleanSupplier debug) {
        commandLine.setExecutionExceptionHandler((error, command, parsed) -> {
            PrintWriter err = command.getErr();
            err.println("nocturne: " + sentence(error));
            if (debug.getAsBoolean()) {
                error.printStackTrace(err);
            }
            err.flush();
            return exitCode(error);
        });
        commandLine.setParameterExceptionHandler((error, args) -> {
            CommandLine command = error.getCommandLine();
            PrintWriter err = command.getErr();
            err.println("nocturne: " + error.getMessage());
            boolean suggested = CommandLine.UnmatchedArgumentException.printSuggestions(error, err);
            if (!suggested) {
                err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
            }
            err.flush();
            return BAD_INPUT;
        });
    }

    static int exitCode(Throwable error) {
        boolean input = error instanceof ConfigException
                || error instanceof InfeasibleRunException
                || error instanceof ModelException
                || error instanceof StackException
                || error instanceof KafkaSetupException
                || error instanceof SourceException
                || error instanceof NoSuchFileException
                || error instanceof FileAlreadyExistsException;
        return input ? BAD_INPUT : FAILED;
    }

    /** The error as a person should read it. */
    static String sentence(Throwable error) {
        if (error instanceof NoSuchFileException file) {
            return file.getFile() + " does not exist";
        }
        if (error instanceof FileAlreadyExistsException file) {
            return file.getFile() + " exists already; name another, or remove it first";
        }
        if (error instanceof AccessDeniedException file) {
            return "no permission to use " + file.getFile();
        }
        if (error instanceof FileSystemException file && file.getReason() != null) {
            return file.getFile() + ": " + file.getReason();
        }
        if (error instanceof OutOfMemoryError) {
            return "out of memory (" + error.getMessage() + "); 'nocturne check' says how much is needed";
        }
        if (error instanceof ConfigException config && config.problems().size() > 1) {
            return config.problems().size() + " mistakes in the configuration\n" + config.getMessage();
        }
        String message = error.getMessage();
        return message == null || message.isBlank()
                ? "unexpected " + error.getClass().getSimpleName() + "; run again with --debug to see where"
                : message;
    }
}
