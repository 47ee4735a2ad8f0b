package io.sparktron.preflight;

import static io.sparktron.preflight.Situations.machine;
import static io.sparktron.preflight.Situations.process;
import static io.sparktron.preflight.Situations.report;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines, JSON and exit code of a report, and how the findings of ranks come together. */
class ReportTest {
    private static final Finding GOOD = Finding.ok("java", "Java 17");
    private static final Finding WARNING = Finding.warning("cores", "too few", "--set device.threads=1");
    private static final Finding PROBLEM = Finding.problem("space", "full\n disk", "free some");
    private static final Finding MISTAKE = Finding.mistake("layout", "odd", "--set parallel.tensor=2");

    @Test
    void theExitCodeIsThatOfTheWorst() {
        assertThat(new Report(List.of(GOOD, WARNING)).exitCode()).isZero();
        assertThat(new Report(List.of(PROBLEM, WARNING)).exitCode()).isEqualTo(1);
        assertThat(new Report(List.of(MISTAKE, PROBLEM)).exitCode()).isEqualTo(2);
    }

    @Test
    void aFindingIsALine() {
        assertThat(new Report(List.of(GOOD, WARNING, PROBLEM, MISTAKE)).text().lines())
                .containsExactly(
                        "ok       java: Java 17",
                        "warning  cores: too few; fix: --set device.threads=1",
                        "problem  space: full disk; fix: free some",
                        "problem  layout: odd; fix: --set parallel.tensor=2",
                        "2 problems, 1 warning");
        assertThat(new Report(List.of(GOOD)).text()).endsWith("ready to train");
    }

    @Test
    void jsonSaysTheSame() throws Exception {
        JsonNode page = new ObjectMapper().readTree(new Report(List.of(GOOD, PROBLEM)).json());
        assertThat(page.path("exit").intValue()).isEqualTo(1);
        JsonNode problem = page.path("findings").path(1);
        assertThat(problem.path("level").textValue()).isEqualTo("problem");
        assertThat(problem.path("check").textValue()).isEqualTo("space");
        assertThat(problem.path("found").textValue()).isEqualTo(PROBLEM.found());
        assertThat(problem.path("fix").textValue()).isEqualTo(PROBLEM.fix());
    }

    @Test
    void whatSeveralRanksFindIsToldOnceWithTheirNumbers() {
        Machine machine = machine(2, 1, 1);
        Finding own = Finding.problem("java", "Java 11", "newer");
        List<Finding> merged = RankReport.merged(List.of(
                report(0, process("a", 10), machine, GOOD, PROBLEM),
                report(1, process("a", 11), machine, GOOD, PROBLEM),
                report(2, process("b", 12), machine, GOOD, own)));
        assertThat(merged)
                .containsExactly(
                        GOOD,
                        Finding.problem("space", "ranks 0, 1: full\n disk", "free some"),
                        Finding.problem("java", "rank 2 (host b, executor executor-12, process 12): Java 11", "newer"));
    }
}
