package io.sparktron.kernels;

import static io.sparktron.kernels.Tensors.ints;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.AttentionTest.Case;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of attention on processors alone. */
class HostAttentionTest {
    /** Heads are independent of each other and of the threads that compute them. */
    @ParameterizedTest
    @MethodSource("io.sparktron.kernels.Backends#hosts")
    void bitsDoNotDependOnTheThreads(Backends backend) {
        Backends oneThread = Backends.hosts().get(0);
        Case problem = Case.of(2, 33, 3, 8, true, false);
        problem.on(backend).assertSame(problem.on(oneThread));
        Case dropping = problem.with(AttentionTest.DROPOUT);
        dropping.on(backend).assertSame(dropping.on(oneThread));
    }

    /** A GPU does not read its memory before a call, so there nobody looks. */
    @ParameterizedTest
    @MethodSource("io.sparktron.kernels.Backends#hosts")
    void lengthsOutsideOfTheSamplesAreNamed(Backends backend) {
        Case problem = Case.of(2, 5, 1, 4, false, false);
        assertThatThrownBy(() -> problem.with(ints(5, 0)).on(backend))
                .hasMessage("length of sample 1 is 0, must be from 1 to 5");
        assertThatThrownBy(() -> problem.with(ints(6, 5)).on(backend))
                .hasMessage("length of sample 0 is 6, must be from 1 to 5");
    }
}
