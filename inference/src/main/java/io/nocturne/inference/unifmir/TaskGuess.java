package io.nocturne.inference.unifmir;

import io.nocturne.inference.checkpoint.Parameter;
import io.nocturne.inference.checkpoint.StateDict;
import java.util.Optional;

/** For which task a set of parameters looks as if it were made; for messages and defaults. */
final class TaskGuess {
    private static final String FIRST = "conv_first.weight";

    private TaskGuess() {}

    /** Whether these are the parameters of the pre-trained network of all tasks. */
    static boolean isUniversal(StateDict parameters) {
        return parameters.find("conv_firstsr.weight").isPresent()
                || parameters.find("conv_firstdT.weight").isPresent();
    }

    /** The task, or empty if this looks like no UniFMIR network, or like the one of all tasks. */
    static Optional<UnifmirTask> of(StateDict parameters) {
        if (isUniversal(parameters)) {
            return Optional.empty();
        }
        if (parameters.find(ParameterNames.PROJECTOR + "head.0.weight").isPresent()) {
            return Optional.of(UnifmirTask.PROJECTION);
        }
        if (parameters.find(ParameterNames.UNET + "conv2d.weight").isPresent()) {
            return Optional.of(UnifmirTask.VOLUMETRIC);
        }
        Optional<Parameter> first = parameters.find(FIRST);
        if (first.isEmpty() || parameters.find("conv_after_body.weight").isEmpty()) {
            return Optional.empty();
        }
        if (parameters.find("upsample.0.weight").isPresent()) {
            return Optional.of(UnifmirTask.SR);
        }
        boolean five = first.get().shape().size() == 4 && first.get().shape().get(1) == 5;
        return Optional.of(five ? UnifmirTask.DENOISE5 : UnifmirTask.DENOISE);
    }
}
