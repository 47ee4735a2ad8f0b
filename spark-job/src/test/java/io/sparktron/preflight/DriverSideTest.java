package io.sparktron.preflight;

import static io.sparktron.preflight.SmallRun.HADOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.model.Mode;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelRequest;
import io.sparktron.model.Recompute;
import io.sparktron.parallel.Layout;
import io.sparktron.preflight.Finding.Level;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.rank.ClusterFacts;
import io.sparktron.run.RunFolder;
import io.sparktron.run.RunLease;
import io.sparktron.tokens.Manifest;
import io.sparktron.train.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the driver finds in datasets, checkpoints and run folder: each test spoils one thing of a run in which all is well. */
class DriverSideTest {
    private static final ClusterFacts CLUSTER = Situations.cluster("local[1]");

    @TempDir
    Path folder;

    private SmallRun run;

    @BeforeEach
    void dataset() throws IOException {
        run = new SmallRun(folder);
    }

    private List<Finding> findings(boolean deep) {
        PreflightRequest of = PreflightRequest.of(run.request(4));
        PreflightRequest request = new PreflightRequest(
                of.runFolder(),
                of.trainData(),
                of.validationData(),
                of.initFrom(),
                of.model(),
                of.layout(),
                of.microBatch(),
                of.globalBatch(),
                of.mode(),
                of.precision(),
                of.device(),
                of.acrossHosts(),
                of.checkpointKeep(),
                of.pretrain(),
                of.missing(),
                of.mistake(),
                deep);
        return new DriverSide(request, CLUSTER, HADOOP).findings();
    }

    private Finding problem() {
        List<Finding> problems = findings(false).stream()
                .filter(finding -> finding.level().stops())
                .toList();
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).level()).isEqualTo(Level.MISTAKE);
        return problems.get(0);
    }

    @Test
    void aNewRunIsReadyAndNothingIsLeftBehind() {
        assertThat(findings(false)).extracting(Finding::level).containsOnly(Level.OK);
        assertThat(findings(false)).extracting(Finding::check).contains("data.train", "plan", "run.dir", "space");
        assertThat(run.run()).doesNotExist();
        Preflight.requireReady(run.request(4), CLUSTER, HADOOP);
    }

    @Test
    void aRunGoesOnFromAWholeCheckpoint() throws IOException {
        run.train();
        assertThat(findings(true)).extracting(Finding::level).containsOnly(Level.OK);
        assertThat(findings(true).toString()).contains("every byte of it read").contains("goes on after step 2");
    }

    @Test
    void filesOfADatasetThatAreMissingOrTorn() throws IOException {
        Files.write(run.samples(), Arrays.copyOf(Files.readAllBytes(run.samples()), 100));
        assertThat(problem().found()).contains("part-00000.parquet has 100 bytes, its manifest says ");
        Files.delete(run.samples());
        assertThat(problem().found()).contains("lacks part-00000.parquet");
        assertThat(problem().fix()).contains("bin/sparktron prep");
        Files.delete(run.tokens().resolve("manifest.json"));
        assertThat(problem().found()).contains("is not a token dataset");
        assertThatThrownBy(() -> Preflight.requireReady(run.request(4), CLUSTER, HADOOP))
                .isInstanceOf(NotReadyException.class)
                .hasMessageContaining("is not a token dataset");
    }

    @Test
    void filesOfADatasetMayLieInFoldersOfIt() throws IOException {
        Path below = run.tokens().resolve("of/2026");
        Files.createDirectories(below);
        Files.move(run.samples(), below.resolve("a.parquet"));
        long bytes = Files.size(below.resolve("a.parquet"));
        Manifest.Vocabulary vocabulary = new Manifest.Vocabulary("gpt2", 67, 66);
        run.describe(vocabulary, List.of(new Manifest.DataFile("of/2026/a.parquet", 0, 20, null, bytes)));
        assertThat(findings(false)).extracting(Finding::level).containsOnly(Level.OK);
        run.describe(vocabulary, List.of(new Manifest.DataFile("of/2026/a.parquet", 0, 20, null, bytes + 1)));
        assertThat(problem().found()).contains("of/2026/a.parquet has " + bytes + " bytes");
        run.describe(vocabulary, List.of(new Manifest.DataFile("of/2025/a.parquet", 0, 20, null, bytes)));
        assertThat(problem().found()).contains("lacks of/2025/a.parquet");
    }

    @Test
    void shardsThatAreMissingTornOrDamaged() throws IOException {
        run.train();
        byte[] whole = Files.readAllBytes(run.shard());
        Path shard = run.shard();
        byte[] flipped = whole.clone();
        flipped[whole.length - 9] ^= 4;
        Files.write(shard, flipped);
        assertThat(findings(false)).extracting(Finding::level).containsOnly(Level.OK);
        assertThat(findings(true))
                .filteredOn(finding -> finding.level().stops())
                .singleElement()
                .satisfies(finding -> assertThat(finding.found())
                        .contains(".safetensors is damaged")
                        .contains("CRC32C"));
        Files.write(shard, Arrays.copyOf(whole, whole.length - 1));
        assertThat(problem().found()).contains("is torn: it has " + (whole.length - 1) + " bytes");
        Files.delete(shard);
        assertThat(problem().found()).endsWith(".safetensors is missing");
        assertThat(problem().fix()).contains("remove ").contains("step-00000002");
    }

    @Test
    void aRunOfAnotherModelCannotGoOn() throws IOException {
        run.train();
        run.describe(
                new Manifest.Vocabulary("gpt2", 66, 65),
                List.of(new Manifest.DataFile("part-00000.parquet", 0, 20, null, null)));
        assertThat(problem().check()).isEqualTo("plan");
        assertThat(problem().found()).contains("tokenizer");
    }

    /** Of 1000 parameters a checkpoint has 12,000 bytes; three are kept, and the newest is written before the oldest goes. */
    @Test
    void copiesThatTheFileSystemKeepsNeedSpaceToo() {
        ModelConfig model = new ModelConfig(ModelConfig.Family.GPT, 1, 8, 2, 4, 4, 10);
        long needed = 4 * 12 * model.parameters();
        assertThat(space(model, needed, 1).level()).isEqualTo(Level.OK);
        assertThat(space(model, 3 * needed, 3).level()).isEqualTo(Level.OK);
        Finding replicated = space(model, 3 * needed - 1, 3);
        assertThat(replicated.level()).isEqualTo(Level.PROBLEM);
        assertThat(replicated.found()).contains("4 more checkpoints", "each kept 3 times (dfs.replication), to come");
        assertThat(replicated.fix()).startsWith("free 1 bytes there");
    }

    private Finding space(ModelConfig model, long left, int copies) {
        Configuration hadoop = SmallDisk.configuration(left, copies);
        return new RunFolderChecks("smalldisk:" + run.run(), 3, hadoop)
                .findings(Optional.of(model)).stream()
                        .filter(finding -> finding.check().equals("space"))
                        .findFirst()
                        .orElseThrow();
    }

    /** Nothing is written any more, and nothing is started: neither the folder nor the cluster matters. */
    @Test
    void aFinishedRunNeedsNothing() throws IOException {
        run.train();
        Configuration readOnly = SmallDisk.configuration(0, 1);
        PretrainRequest finished = run.request("smalldisk:" + run.run(), 2);
        PretrainRequest longer = run.request("smalldisk:" + run.run(), 3);
        ClusterFacts none = Situations.cluster("local-cluster[0,1,1024]");
        assertThat(Preflight.requireReady(finished, none, readOnly))
                .hasValueSatisfying(said -> assertThat(said).startsWith("already finished: "));
        assertThat(new DriverSide(PreflightRequest.of(finished), CLUSTER, readOnly).findings())
                .extracting(Finding::level)
                .containsOnly(Level.OK);
        assertThatThrownBy(() -> Preflight.requireReady(longer, CLUSTER, readOnly))
                .isInstanceOf(NotReadyException.class)
                .hasMessageContaining("Read-only file system");
    }

    @Test
    void aRunFolderThatCannotBeMade() throws IOException {
        Files.writeString(run.run(), "a file");
        assertThat(problem().check()).isEqualTo("run.dir");
        assertThat(problem().fix()).isEqualTo("--set run.dir=FOLDER");
    }

    @Test
    void aRunFolderThatAnotherDriverHolds() throws IOException {
        RunFolderChecks checks = new RunFolderChecks(run.run().toString(), 3, HADOOP);
        assertThat(checks.lease()).isEmpty();
        try (RunLease lease = RunFolder.open(run.run().toString(), HADOOP).take(line -> {})) {
            assertThat(lease.ticket()).isNotNull();
            assertThat(checks.lease()).singleElement().satisfies(finding -> {
                assertThat(finding.level()).isEqualTo(Level.MISTAKE);
                assertThat(finding.found())
                        .contains("is in use by ")
                        .contains("process " + ProcessHandle.current().pid());
            });
        }
        assertThat(checks.lease()).isEmpty();
    }

    @Test
    void keysThatAreMissingHinderOnlyWhatNeedsThem() {
        PreflightRequest nothing = Situations.request(new Layout(1, 1), Situations.NO_MODEL, 4, 4);
        List<Finding> findings = new DriverSide(nothing, CLUSTER, HADOOP).findings();
        assertThat(findings)
                .filteredOn(finding -> finding.level() != Level.OK)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.WARNING);
                    assertThat(finding.fix()).isEqualTo("--set run.dir=...");
                });
        ModelRequest model = run.request(4).model();
        PreflightRequest withData = new PreflightRequest(
                Optional.empty(),
                Optional.of(run.tokens().toString()),
                Optional.empty(),
                Optional.empty(),
                model,
                new Layout(1, 1),
                4,
                4,
                Mode.training(0, Recompute.NONE, 0),
                Precision.FP32,
                Situations.ONE_THREAD,
                Optional.empty(),
                3,
                Optional.empty(),
                List.of("run.dir"),
                "",
                false);
        assertThat(new DriverSide(withData, CLUSTER, HADOOP).memory()).isPresent();
    }
}
