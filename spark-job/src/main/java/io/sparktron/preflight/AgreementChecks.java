package io.sparktron.preflight;

import io.sparktron.parallel.Layout;
import io.sparktron.rank.ClusterFacts;
import io.sparktron.rank.ProcessFacts;
import io.sparktron.rank.ProcessFacts.DriverAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What must be alike on all ranks and the driver, and how they talk to each other. */
final class AgreementChecks {
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(1);
    private static final Duration LARGEST_SKEW = Duration.ofSeconds(2);

    private final List<RankReport> reports;
    private final ClusterFacts cluster;
    private final Layout layout;
    private final Optional<Boolean> acrossHosts;

    /**
     * @param acrossHosts whether the ranks of a tensor group may be on several hosts, where that was said
     */
    AgreementChecks(List<RankReport> reports, ClusterFacts cluster, Layout layout, Optional<Boolean> acrossHosts) {
        this.reports = reports;
        this.cluster = cluster;
        this.layout = layout;
        this.acrossHosts = acrossHosts;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(ofEach(this::sparkVersion));
        findings.addAll(ofEach(AgreementChecks::serialization));
        findings.addAll(ofEach(AgreementChecks::channel));
        findings.addAll(ofEach(AgreementChecks::clock));
        findings.add(processors());
        findings.add(groups());
        return findings;
    }

    private List<Finding> ofEach(Function<ProcessFacts, Finding> check) {
        return RankReport.merged(reports.stream()
                .map(report -> new RankReport(
                        report.rank(), report.process(), report.machine(), List.of(check.apply(report.process()))))
                .toList());
    }

    private Finding sparkVersion(ProcessFacts process) {
        return process.spark().equals(cluster.spark())
                ? Finding.ok("spark", "the executors run the driver's Spark")
                : Finding.problem(
                        "spark",
                        "Spark " + process.spark() + ", but " + cluster.spark() + " on the driver",
                        "the same SPARK_HOME or image for driver and executors");
    }

    private static Finding serialization(ProcessFacts process) {
        return process.serialization().isEmpty()
                ? Finding.ok("serialization", "what ranks return comes through Kryo as it is")
                : Finding.problem(
                        "serialization",
                        process.serialization(),
                        "leave spark.serializer and spark.kryo.* to Sparktron, and its jar as it was built");
    }

    private static Finding channel(ProcessFacts process) {
        DriverAnswer answer = process.driver();
        if (!answer.failure().isEmpty()) {
            return Finding.problem(
                    "channel",
                    "the driver does not answer: " + answer.failure(),
                    "--conf spark.driver.host=ADDRESS and spark.driver.port=PORT that executors reach");
        }
        return answer.took().compareTo(LONGEST_ANSWER) > 0
                ? Finding.warning(
                        "channel",
                        "the driver takes " + answer.took().toMillis() + " ms to answer",
                        "give the driver a core of its own, or a faster network")
                : Finding.ok("channel", "the driver answers within a second");
    }

    private static Finding clock(ProcessFacts process) {
        Duration ahead = process.driver().ahead();
        Duration certain = ahead.abs().minus(process.driver().took());
        return certain.compareTo(LARGEST_SKEW) > 0
                ? Finding.warning(
                        "clock",
                        "the driver's clock is " + ahead.abs().toMillis() / 1000.0 + " s "
                                + (ahead.isNegative() ? "behind" : "ahead"),
                        "keep the clocks of all hosts together (chrony, ntpd)")
                : Finding.ok("clock", "the clocks of driver and executors go together");
    }

    /** OpenBLAS chooses its kernels by processor, and these add in different orders. */
    private Finding processors() {
        Map<String, List<Integer>> ranks = new LinkedHashMap<>();
        reports.forEach(report -> ranks.computeIfAbsent(report.machine().processor(), first -> new ArrayList<>())
                .add(report.rank()));
        if (ranks.size() == 1) {
            return Finding.ok("processors", ranks.keySet().iterator().next());
        }
        List<String> kinds = new ArrayList<>();
        ranks.forEach((kind, of) -> kinds.add(RankReport.where(of, reports) + " " + kind));
        return Finding.warning(
                "processors",
                "differ, so losses may differ in their last bits when ranks come to other hosts: "
                        + String.join("; ", kinds),
                "hosts of one kind, where bits must repeat");
    }

    /** The ranks that share every layer. */
    private Finding groups() {
        String check = "tensor groups";
        int tensor = layout.tensor();
        List<String> crossing = new ArrayList<>();
        for (int first = 0; first + tensor <= reports.size(); first += tensor) {
            List<String> hosts = reports.subList(first, first + tensor).stream()
                    .map(report -> report.process().host())
                    .distinct()
                    .map(host -> host.name())
                    .toList();
            if (hosts.size() > 1) {
                crossing.add("ranks " + first + " to " + (first + tensor - 1) + " on " + String.join(", ", hosts));
            }
        }
        if (crossing.isEmpty() || acrossHosts.orElse(false)) {
            return Finding.ok(check, crossing.isEmpty() ? "each is on one host" : "cross hosts, as allowed");
        }
        String found = "their sums go over TCP in every layer: " + String.join("; ", crossing);
        String fix = "a multiple of parallel.tensor = " + tensor
                + " slots on every host, or --set parallel.across-hosts=true";
        return acrossHosts.isPresent() ? Finding.mistake(check, found, fix) : Finding.warning(check, found, fix);
    }
}
