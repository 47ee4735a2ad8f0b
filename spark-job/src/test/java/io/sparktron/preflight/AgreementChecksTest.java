package io.sparktron.preflight;

import static io.sparktron.preflight.Situations.machine;
import static io.sparktron.preflight.Situations.process;
import static io.sparktron.preflight.Situations.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.parallel.Layout;
import io.sparktron.preflight.Finding.Level;
import io.sparktron.rank.ProcessFacts;
import io.sparktron.rank.ProcessFacts.DriverAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Two ranks of which the second differs from the first in one thing. */
class AgreementChecksTest {
    private static final Machine MACHINE = machine(2, 1, 1);
    private static final ProcessFacts FIRST = process("a", 1);

    private static List<Finding> findings(ProcessFacts second, Machine secondMachine, Optional<Boolean> acrossHosts) {
        return new AgreementChecks(
                        List.of(report(0, FIRST, MACHINE), report(1, second, secondMachine)),
                        Situations.cluster("spark://host:7077"),
                        new Layout(2, 1),
                        acrossHosts)
                .findings();
    }

    private static Finding only(String check, ProcessFacts second) {
        List<Finding> differing = findings(second, MACHINE, Optional.empty()).stream()
                .filter(finding -> finding.level() != Level.OK)
                .toList();
        assertThat(differing).extracting(Finding::check).containsExactly(check);
        return differing.get(0);
    }

    private static ProcessFacts second(String spark, DriverAnswer driver, String serialization) {
        ProcessFacts alike = process("a", 2);
        return new ProcessFacts(
                alike.host(), "7", 2, spark, List.of(), alike.network(), "", alike.gpus(), driver, serialization);
    }

    private static DriverAnswer answer(long tookMillis, long aheadMillis) {
        return new DriverAnswer("", Duration.ofMillis(tookMillis), Duration.ofMillis(aheadMillis));
    }

    @Test
    void ranksThatAreAlikeAgree() {
        assertThat(findings(process("a", 2), MACHINE, Optional.empty()))
                .extracting(Finding::level)
                .containsOnly(Level.OK);
    }

    @Test
    void anotherSpark() {
        Finding finding = only("spark", second("3.5.8", answer(1, 0), ""));
        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.found()).contains("rank 1").contains("executor 7").contains("Spark 3.5.8, but ");
    }

    @Test
    void kryoThatDoesNotKnowAClass() {
        Finding finding = only("serialization", second(FIRST.spark(), answer(1, 0), "Class is not registered"));
        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.found()).contains("rank 1").endsWith("Class is not registered");
    }

    @Test
    void aDriverThatDoesNotAnswerOrIsSlow() {
        DriverAnswer none = new DriverAnswer("RpcTimeoutException", Duration.ofSeconds(120), Duration.ZERO);
        assertThat(only("channel", second(FIRST.spark(), none, "")).level()).isEqualTo(Level.PROBLEM);
        Finding slow = only("channel", second(FIRST.spark(), answer(1500, 0), ""));
        assertThat(slow.level()).isEqualTo(Level.WARNING);
        assertThat(slow.found()).contains("1500 ms");
    }

    @Test
    void clocksThatDifferByMoreThanTheQuestionTook() {
        Finding behind = only("clock", second(FIRST.spark(), answer(10, -2500), ""));
        assertThat(behind.level()).isEqualTo(Level.WARNING);
        assertThat(behind.found()).contains("2.5 s behind");
        assertThat(only("channel", second(FIRST.spark(), answer(1100, 3000), ""))
                        .level())
                .isEqualTo(Level.WARNING); // of the clock, 1.9 s are certain
    }

    @Test
    void processorsThatComputeOtherBits() {
        Machine other = new Machine(2, "other maker with avx512f", 1, MACHINE.group(), 1);
        assertThat(findings(process("a", 2), other, Optional.empty()))
                .filteredOn(finding -> finding.level() == Level.WARNING)
                .singleElement()
                .satisfies(finding -> assertThat(finding.found())
                        .contains("last bits")
                        .contains("rank 0 (host a")
                        .contains("other maker with avx512f"));
    }

    @Test
    void aTensorGroupOnTwoHosts() {
        Finding unsaid = only("tensor groups", process("b", 2));
        assertThat(unsaid.level()).isEqualTo(Level.WARNING);
        assertThat(unsaid.found()).contains("ranks 0 to 1 on a, b");
        assertThat(unsaid.fix()).contains("--set parallel.across-hosts=true");
        assertThat(findings(process("b", 2), MACHINE, Optional.of(true)))
                .extracting(Finding::level)
                .containsOnly(Level.OK);
        assertThat(findings(process("b", 2), MACHINE, Optional.of(false)))
                .extracting(Finding::level)
                .contains(Level.MISTAKE);
    }
}
