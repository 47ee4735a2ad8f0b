package io.sparktron.rank;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.collective.CommunicatorException;
import io.sparktron.kernels.cuda.CudaException;
import io.sparktron.kernels.cuda.GpuFailures;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.tensor.OutOfDeviceMemoryException;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureKindsTest {
    @Test
    void anErrorIsWhatItsChainOfCausesHolds() {
        assertThat(FailureKinds.of(new OutOfMemoryError())).isEqualTo(Kind.OUT_OF_MEMORY);
        assertThat(FailureKinds.of(new IllegalStateException(new OutOfDeviceMemoryException("none"))))
                .isEqualTo(Kind.OUT_OF_MEMORY);
        assertThat(FailureKinds.of(new InvalidInputException("torn", new IOException())))
                .isEqualTo(Kind.PROGRAM);
        assertThat(FailureKinds.of(new UncheckedIOException(new IOException("connection reset"))))
                .isEqualTo(Kind.INPUT_OUTPUT);
        assertThat(FailureKinds.of(new CommunicatorException("rank 1 died"))).isEqualTo(Kind.LOST);
        assertThat(FailureKinds.of(new ArithmeticException())).isEqualTo(Kind.PROGRAM);
    }

    /** Whoever can start another process may go on there; an illegal address is a defect everywhere. */
    @Test
    void aLostGpuIsLostToItsProcess() {
        CudaException lost = GpuFailures.error(214, true);
        CommunicatorException noticed = new CommunicatorException("ncclAllReduce failed", lost);
        for (Throwable failure : List.of(lost, noticed, new IllegalStateException(lost))) {
            assertThat(FailureKinds.isGpuLost(failure)).isTrue();
            assertThat(FailureKinds.of(failure)).isEqualTo(Kind.LOST);
            assertThat(FailureKinds.inThisProcess(failure)).isEqualTo(Kind.PROGRAM);
        }
        CudaException defect = GpuFailures.error(700, false);
        assertThat(FailureKinds.isGpuLost(defect)).isFalse();
        assertThat(FailureKinds.of(defect)).isEqualTo(Kind.PROGRAM);
        CommunicatorException peer = new CommunicatorException("rank 1 died");
        assertThat(FailureKinds.isGpuLost(peer)).isFalse();
        assertThat(FailureKinds.inThisProcess(peer)).isEqualTo(Kind.LOST);
    }

    /** The words are those of Spark 4 on a standalone cluster, on Kubernetes and on YARN. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Command exited with code 137 | LOST",
                "Command exited with code 143 | LOST",
                "Command exited with code 52 | OUT_OF_MEMORY",
                "Remote RPC client disassociated. Likely due to containers exceeding thresholds, or network issues. | LOST",
                "Executor heartbeat timed out after 121000 ms | LOST",
                "Container killed by YARN for exceeding physical memory limits. 1.5 GB of 1.5 GB physical memory used. | OUT_OF_MEMORY",
                "Container from a bad node: container_1 on host: h. Exit status: 137. Diagnostics: Killed | LOST",
                "The executor with id 1 exited with exit code 137(SIGKILL, possible container OOM). reason: OOMKilled | OUT_OF_MEMORY",
            })
    void aLossIsWhatItsReasonTells(String reason, Kind kind) {
        assertThat(FailureKinds.ofLoss(reason)).isEqualTo(kind);
        assertThat(FailureKinds.hint(reason).isEmpty()).isEqualTo(kind == Kind.LOST && !reason.contains("137"));
    }
}
