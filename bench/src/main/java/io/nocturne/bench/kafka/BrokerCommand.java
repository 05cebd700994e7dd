package io.nocturne.bench.kafka;

import io.nocturne.sinks.kafka.embedded.EmbeddedBroker;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A broker as a process of its own: says its port once it serves, and stops when its standard input ends. */
@Command(name = BrokerCommand.NAME, hidden = true, description = "Started by kafka-faults: serves until it is ended.")
public final class BrokerCommand implements Callable<Integer> {
    static final String NAME = "broker";

    @Spec
    CommandSpec spec;

    @Parameters(index = "0")
    Path folder;

    @Parameters(index = "1", description = "0 for any.")
    int port;

    @Parameters(index = "2", description = "Where clients are told to find it, 0 for its own port.")
    int advertisedPort;

    @Override
    public Integer call() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder, port, advertisedPort)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(broker.port());
            out.flush();
            InputStream orders = System.in;
            orders.transferTo(OutputStream.nullOutputStream()); // until whoever started it closes it, or is gone
        }
        return 0;
    }
}
