package io.sparktron.gpucheck;

import io.sparktron.tokens.InvalidInputException;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is to be checked.
 *
 * @param devices how many GPUs, the first ones that CUDA shows; empty for all
 * @param only beginnings of the names of kernels, such as {@code attention}; {@code collective} and {@code training} stand beside them; empty for everything
 * @param timing whether speed is measured, too; not where only some is checked, and never that of pretended GPUs
 */
public record GpuCheckRequest(OptionalInt devices, List<String> only, boolean timing) {
    static final String COLLECTIVE = "collective";
    static final String TRAINING = "training";

    public GpuCheckRequest {
        only = List.copyOf(only);
    }

    /** Everything on so many devices, without timing. */
    static GpuCheckRequest of(int devices) {
        return new GpuCheckRequest(OptionalInt.of(devices), List.of(), false);
    }

    /** Whether a kernel is to be checked. */
    boolean asksFor(String kernel) {
        return only.isEmpty() || only.stream().anyMatch(kernel::startsWith);
    }

    /** Fails if a name begins none of these. */
    void requireKnown(List<String> kernels) {
        for (String name : only) {
            if (kernels.stream().noneMatch(kernel -> kernel.startsWith(name))) {
                throw new InvalidInputException("gpu-check.only = " + name + " begins the name of no check; legal: "
                        + String.join(", ", kernels) + ", or their beginnings");
            }
        }
    }
}
