package io.nocturne.config.cli;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelCatalog;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the models that can be named. */
@Command(name = "models", description = "List the models there are.")
public final class ModelsCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "DIR", description = "Folders of further models.")
    List<Path> folders = List.of();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        boolean broken = false;
        for (ModelCatalog.Entry entry : ModelCatalog.open(folders).list()) {
            out.printf(
                    "%-16s %s%n",
                    entry.name(), entry.card().map(ModelsCommand::line).orElse("can't be used"));
            out.printf("%-16s %s%n", "", entry.problem().orElse(entry.origin()));
            broken |= entry.problem().isPresent();
        }
        out.flush();
        return broken ? CommandErrors.FAILED : 0;
    }

    private static String line(ModelCard card) {
        String scale = card.scale() > 1 ? ", x" + card.scale() : "";
        return card.task() + scale + ": " + card.summary();
    }
}
