package io.sparktron.rank;

import io.sparktron.collective.CommunicatorException;
import io.sparktron.kernels.cuda.CudaException;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.tensor.OutOfDeviceMemoryException;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Tells by an error, or by how an executor ended, whether running the same again may help. */
public final class FailureKinds {
    /** Words by which cluster managers say that a process was ended for the memory it used; 52 is how Spark's executor ends without heap. */
    private static final List<String> OUT_OF_MEMORY = List.of(
            "OOMKilled",
            "OutOfMemoryError",
            "exceeding memory limits",
            "physical memory limits",
            "virtual memory limits",
            "exited with code 52",
            "exit code 52",
            "exit status: 52");

    private static final List<String> KILLED = List.of("code 137", "status: 137", "code: 137");

    private FailureKinds() {}

    /** What to add, for people, where the GPU of this very process is lost: a retry would meet the same error. */
    public static final String PROCESS_HAS_TO_END =
            "; the GPU refuses all that this process asks of it from now on: start the command again";

    /** Of an error that a rank's program threw by itself, where another process can take its place. */
    public static Kind of(Throwable failure) {
        if (isGpuLost(failure)) {
            return Kind.LOST;
        }
        if (holds(failure, OutOfMemoryError.class) || holds(failure, OutOfDeviceMemoryException.class)) {
            return Kind.OUT_OF_MEMORY;
        }
        if (holds(failure, InvalidInputException.class)) {
            return Kind.PROGRAM;
        }
        if (holds(failure, CommunicatorException.class)) {
            return Kind.LOST;
        }
        return holds(failure, IOException.class) ? Kind.INPUT_OUTPUT : Kind.PROGRAM;
    }

    /** The same where ranks live and die with this process. */
    public static Kind inThisProcess(Throwable failure) {
        return isGpuLost(failure) ? Kind.PROGRAM : of(failure);
    }

    /** Whether the process that it was thrown in has lost its GPU for good. */
    public static boolean isGpuLost(Throwable failure) {
        return causes(failure).anyMatch(cause -> cause instanceof CudaException cuda && cuda.gpuLost());
    }

    /**
     * Of the loss of an executor.
     *
     * @param reason in the words of Spark or of the cluster manager, of any number of lines
     */
    public static Kind ofLoss(String reason) {
        return OUT_OF_MEMORY.stream().anyMatch(reason::contains) ? Kind.OUT_OF_MEMORY : Kind.LOST;
    }

    /** What to add, for people, to the reason of a loss; SIGKILL alone does not tell who sent it. */
    public static String hint(String reason) {
        if (ofLoss(reason) == Kind.OUT_OF_MEMORY) {
            return "; give executors more memory (spark.executor.memoryOverhead for what lies outside the heap), or choose a smaller train.micro-batch";
        }
        return KILLED.stream().anyMatch(reason::contains)
                ? " (SIGKILL: from a person, from the cluster manager, or from the kernel of a host without free memory)"
                : "";
    }

    private static boolean holds(Throwable failure, Class<? extends Throwable> type) {
        return causes(failure).anyMatch(type::isInstance);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
    }
}
