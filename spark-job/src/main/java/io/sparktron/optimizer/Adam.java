package io.sparktron.optimizer;

import io.sparktron.kernels.LossScaling;
import io.sparktron.kernels.Optimization;
import io.sparktron.kernels.StepState;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.OwnedPart;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Allocator;

/**
 * Clips the reduced gradients by their global norm and updates what this rank's optimizer owns of every parameter, unless the norm is not finite; then all ranks get the
 * values. All of it is decided on the device, by a norm that all ranks share: a gradient that is not finite on one rank makes the norm so on all, and all skip.
 */
public final class Adam {
    private final Execution on;
    private final ParameterStorage parameters;
    private final AdamConfig config;
    private final LossScaling scaling;
    private final StepState state;
    private final GradientNorm norm;
    private final ParameterGather gather;

    /**
     * @param scaling how the loss scale of the next step follows from this one
     * @param shared memory that peers reach
     * @param exposed hears how long the gathering of values holds the rank up
     */
    public Adam(
            Execution on,
            ParameterStorage parameters,
            AdamConfig config,
            LossScaling scaling,
            StepState state,
            Allocator shared,
            ExposedTime exposed) {
        this.on = on;
        this.parameters = parameters;
        this.config = config;
        this.scaling = scaling;
        this.state = state;
        this.norm = new GradientNorm(on, parameters, shared);
        this.gather = new ParameterGather(on, parameters, exposed);
    }

    /** Enqueues the update from the reduced gradients and the step state. */
    public void update() {
        Optimization kernel = on.kernels().optimization();
        on.kernels().elementwise().fill(on.queue(), state.slot(StepState.SQUARED_NORM), 0);
        norm.addTo(state.slot(StepState.SQUARED_NORM));
        kernel.decide(on.queue(), state.tensor(), config.clip(), config.beta1(), config.beta2(), scaling);
        for (Parameter parameter : parameters.all()) {
            OwnedPart part = parameter.owned();
            if (part.elements() > 0) {
                kernel.adamW(
                        on.queue(),
                        state.tensor(),
                        config.beta1(),
                        config.beta2(),
                        config.epsilon(),
                        parameter.spec().kind().decays() ? config.weightDecay() : 0,
                        part.master(),
                        part.gradient(),
                        part.firstMoment(),
                        part.secondMoment(),
                        part.value());
            }
        }
        gather.share();
    }
}
