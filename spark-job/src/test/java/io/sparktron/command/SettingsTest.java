package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.job.AcrossHosts;
import io.sparktron.job.AddressChoice;
import io.sparktron.job.HostSettings;
import io.sparktron.job.HostsBy;
import io.sparktron.job.PortRange;
import io.sparktron.kernels.LossScaling;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.quickstart.QuickstartRequest;
import io.sparktron.train.Precision;
import io.sparktron.train.TrainingConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SettingsTest {
    @TempDir
    Path folder;

    private static Settings parse(String... arguments) {
        Given given = new Given();
        new CommandLine(given).setOverwrittenOptionsAllowed(true).parseArgs(arguments);
        return given.settings();
    }

    @Test
    void laterWinsWhetherFileOrAssignment() throws Exception {
        Path a = Files.writeString(folder.resolve("a b.conf"), "train { steps = 1, seed = 1, clip = 0.5 }");
        Path b = Files.writeString(folder.resolve("b.conf"), "train.steps = 2\nprep.input = [x, \"y z\"]");
        Settings settings = parse("--config", a.toString(), "--set", "train.seed=7", "--config", b.toString());
        assertThat(settings.get(TrainKeys.STEPS)).isEqualTo(2);
        assertThat(settings.get(TrainKeys.SEED)).isEqualTo(7);
        assertThat(settings.get(TrainKeys.CLIP)).isEqualTo(0.5);
        assertThat(settings.get(PrepKeys.PREP_INPUT)).containsExactly("x", "y z");
        assertThat(parse("--set", "train.seed=7", "--config", a.toString()).get(TrainKeys.SEED))
                .isEqualTo(1);
    }

    @Test
    void anAssignmentIsTakenAsItStands() {
        Settings settings = parse("--set", "generate.prompt=a = ${b}: \"c\" # d");
        assertThat(settings.get(ToolKeys.PROMPT)).isEqualTo("a = ${b}: \"c\" # d");
        assertThat(parse("--set", "generate.prompt=").get(ToolKeys.PROMPT)).isEmpty();
    }

    @Test
    void derivesWhatIsUnset() {
        Settings settings = parse(
                "--set",
                "run.dir=r",
                "--set",
                "data.train=t",
                "--set",
                "train.steps=1000",
                "--set",
                "train.lr.peak=1e-3");
        PretrainRequest request = Requests.pretrain(settings, new Layout(2, 3));
        assertThat(request.training().globalBatch()).isEqualTo(3 * 4);
        assertThat(request.training().schedule()).isEqualTo(new Schedule(1e-3, 1e-4, 10, Schedule.Decay.COSINE, 1000));
        assertThat(request.validateEvery()).isZero();
        assertThat(request.settings()).contains("\"train.steps\":1000").contains("\"train.lr.decay\":\"cosine\"");
        settings.addAssignment("data.validation=v");
        assertThat(Requests.pretrain(settings, new Layout(1, 1)).validateEvery())
                .isEqualTo(100);
    }

    @Test
    void precisionBringsItsLossScale() {
        Settings settings = parse("--set", "run.dir=r", "--set", "data.train=t", "--set", "train.steps=1000");
        TrainingConfig unset = Requests.pretrain(settings, new Layout(1, 1)).training();
        assertThat(unset.precision()).isEqualTo(Precision.FP32);
        assertThat(unset.lossScaling()).isEqualTo(LossScaling.NONE);
        settings.addAssignment("train.precision=bf16");
        assertThat(Requests.pretrain(settings, new Layout(1, 1)).training().lossScaling())
                .isEqualTo(LossScaling.NONE);
        settings.addAssignment("train.precision=fp16");
        assertThat(Requests.pretrain(settings, new Layout(1, 1)).training().lossScaling())
                .isEqualTo(LossScaling.DYNAMIC);
        settings.addAssignment("train.loss-scale.initial=1024").addAssignment("train.loss-scale.window=7");
        settings.addAssignment("train.loss-scale.hysteresis=3").addAssignment("train.loss-scale.minimum=0.5");
        TrainingConfig given = Requests.pretrain(settings, new Layout(1, 1)).training();
        assertThat(given.precision()).isEqualTo(Precision.FP16);
        assertThat(given.lossScaling()).isEqualTo(new LossScaling(1024, 7, 3, 0.5));
    }

    @Test
    void aFlagDividesTheOptimizer() {
        Settings settings = parse("--set", "parallel.data=3");
        assertThat(Requests.forTraining(settings, new Layout(2, 3))).isEqualTo(new Layout(2, 3));
        settings.addAssignment("parallel.optimizer-sharding=true");
        assertThat(Requests.forTraining(settings, new Layout(2, 3))).isEqualTo(new Layout(2, 3, false, true));
    }

    @Test
    void hostsAndNetworkComeFromTheirKeys() {
        HostSettings unset = Requests.hosts(parse());
        assertThat(unset).isEqualTo(HostSettings.standard());
        Settings settings = parse("--set", "parallel.across-hosts=false", "--set", "job.host-identity=address");
        settings.addAssignment("job.address=10.1.0.0/16").addAssignment("job.ports=20000-20100");
        settings.addAssignment("job.connect-timeout=5");
        HostSettings given = Requests.hosts(settings);
        assertThat(given)
                .isEqualTo(new HostSettings(
                        HostsBy.ADDRESS,
                        AcrossHosts.REFUSED,
                        new AddressChoice("10.1.0.0/16"),
                        new PortRange(20_000, 20_100),
                        Duration.ofSeconds(5)));
        assertThat(Requests.hosts(settings.addAssignment("parallel.across-hosts=true"))
                        .acrossHosts())
                .isEqualTo(AcrossHosts.ACCEPTED);
        assertThat(settings.json(CommandName.PRETRAIN))
                .contains("\"job.address\":\"10.1.0.0/16\"", "\"job.ports\":\"20000-20100\"")
                .contains("\"parallel.across-hosts\":true", "\"job.host-identity\":\"address\"");
    }

    @ParameterizedTest
    @CsvSource({
        "local[*], 1, 1",
        "local[6], 2, 3",
        "'local-cluster[4,2,512]', 2, 4",
        "'local-cluster[4,1,512]', 8, 1",
        "spark://host:7077, 2, 1"
    })
    void fillsTheLayoutFromTheSlotsOfAGivenMaster(String master, int tensor, int copies) {
        Cluster cluster = new Cluster(new SparkConf(false).set("spark.master", master));
        assertThat(cluster.layout(parse("--set", "parallel.tensor=" + tensor))).isEqualTo(new Layout(tensor, copies));
        assertThat(cluster.layout(parse("--set", "parallel.tensor=" + tensor, "--set", "parallel.data=5")))
                .isEqualTo(new Layout(tensor, 5));
    }

    @Test
    void theQuickStartKeepsEverythingInItsFolder() {
        QuickstartRequest request = QuickstartSettings.request(
                parse("--set", "run.dir=here", "--set", "train.steps=7", "--set", "data.train=elsewhere"));
        assertThat(request.sampleCorpus()).contains(Path.of("here/corpus"));
        assertThat(request.prep().output()).isEqualTo("here/tokens");
        assertThat(request.pretrain().runFolder()).isEqualTo("here/run");
        assertThat(request.pretrain().trainData()).isEqualTo("here/tokens/train");
        assertThat(request.pretrain().layout()).isEqualTo(new Layout(2, 2));
        assertThat(request.pretrain().training().steps()).isEqualTo(7);
        assertThat(request.evaluate().data()).isEqualTo("here/tokens/validation");
        QuickstartRequest own = QuickstartSettings.request(parse("--set", "prep.input=mine"));
        assertThat(own.sampleCorpus()).isEmpty();
        assertThat(own.prep().input()).containsExactly("mine");
    }

    @Test
    void everyPresetIsLegal() throws Exception {
        try (Stream<Path> presets = Files.list(Path.of("../conf"))) {
            for (Path preset :
                    presets.filter(file -> file.toString().endsWith(".conf")).toList()) {
                if (!preset.toString().contains("spark-defaults")) {
                    Settings settings = new Settings().addFile(preset);
                    settings.setIfMissing(JobKeys.RUN_DIR, "run").setIfMissing(PrepKeys.DATA_TRAIN, "data");
                    settings.setIfMissing(PrepKeys.DATA_VALIDATION, "data").setIfMissing(TrainKeys.STEPS, "10");
                    assertThat(Requests.pretrain(settings, new Layout(1, 1))).isNotNull();
                }
            }
        }
    }

    @Test
    void theConfigurationPageHasTheTableOfTheCode() throws Exception {
        Path table = Files.writeString(Path.of("target/keys.md"), Help.markdown());
        assertThat(Files.readString(Path.of("../README.md")))
                .as("README.md must hold the table of %s", table)
                .contains(Help.markdown());
    }
}
