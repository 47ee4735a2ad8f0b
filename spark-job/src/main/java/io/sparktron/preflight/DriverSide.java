package io.sparktron.preflight;

import io.sparktron.data.SampleReader;
import io.sparktron.data.TokenDataset;
import io.sparktron.model.ModelConfig;
import io.sparktron.pretrain.SaveInBackground;
import io.sparktron.rank.ClusterFacts;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.TrainingMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** All checks that the driver makes alone, without starting anything, and what they have found out for those that follow. */
final class DriverSide {
    private final PreflightRequest request;
    private final Configuration hadoop;
    private final List<Finding> findings = new ArrayList<>();
    private final Optional<TokenDataset> train;
    private final Optional<TokenDataset> validation;
    private final Optional<TrainingMemory> memory;
    private final Optional<String> finished;

    DriverSide(PreflightRequest request, ClusterFacts cluster, Configuration hadoop) {
        this.request = request;
        this.hadoop = hadoop;
        findings.addAll(new SparkChecks(cluster).findings());
        findings.add(new SlotChecks(cluster, request.layout()).possible());
        findings.addAll(new LayoutChecks(request).findings());
        train = dataset("data.train", request.trainData());
        validation = dataset("data.validation", request.validationData());
        boolean usable = train.isPresent()
                && validation.isPresent() == request.validationData().isPresent()
                && checkpoints();
        PlanChecks.Outlook outlook = new PlanChecks(request, hadoop).outlook(train, usable);
        findings.addAll(outlook.findings());
        finished = outlook.finished();
        Optional<ModelConfig> model = outlook.model();
        boolean copies = request.pretrain()
                .filter(pretrain -> pretrain.saveInBackground() == SaveInBackground.TRUE)
                .isPresent();
        GpuSettings gpus = new GpuSettings(cluster, request.device().kind());
        findings.addAll(gpus.findings());
        memory = model.map(known -> TrainingMemory.of(
                        known,
                        request.layout(),
                        request.microBatch(),
                        request.mode(),
                        request.precision().type(),
                        gpus.likely()))
                .map(need -> copies ? need.withSavesInBackground() : need);
        memory.ifPresent(need -> findings.add(new MemoryChecks(cluster, need, request.device()).overhead()));
        request.runFolder()
                .filter(folder -> finished.isEmpty()) // else nothing is written there
                .ifPresent(folder ->
                        findings.addAll(new RunFolderChecks(folder, request.checkpointKeep(), hadoop).findings(model)));
    }

    /** What there is to say if the run has come to its end already. */
    Optional<String> finished() {
        return finished;
    }

    List<Finding> findings() {
        return findings;
    }

    /** What one rank holds outside its heap, if the model is known. */
    Optional<TrainingMemory> memory() {
        return memory;
    }

    /** The same if it lies on a GPU. */
    Optional<TrainingMemory> gpuMemory() {
        return memory.filter(need -> need.kind() == DeviceConfig.Kind.CUDA);
    }

    /** What a rank may keep of them on its Java heap, bytes. */
    long samples() {
        return Stream.concat(train.stream(), validation.stream())
                .mapToLong(SampleReader::mostBytes)
                .sum();
    }

    /** Those that can be used, for ranks to look at. */
    List<RankSide.Dataset> datasets() {
        return Stream.concat(
                        train.stream().map(dataset -> forRanks("data.train", dataset)),
                        validation.stream().map(dataset -> forRanks("data.validation", dataset)))
                .toList();
    }

    /** The run folder, if it can be written, and will be. */
    Optional<String> runFolder() {
        boolean writable = findings.stream()
                .noneMatch(finding -> finding.check().equals(RunFolderChecks.KEY)
                        && finding.level().stops());
        return writable && finished.isEmpty() ? request.runFolder() : Optional.empty();
    }

    private static RankSide.Dataset forRanks(String key, TokenDataset dataset) {
        return new RankSide.Dataset(key, dataset.folder(), dataset.manifest().fingerprint());
    }

    private Optional<TokenDataset> dataset(String key, Optional<String> folder) {
        Optional<DatasetChecks> checks = folder.map(path -> new DatasetChecks(key, path, hadoop));
        checks.ifPresent(done -> findings.addAll(done.findings()));
        return checks.flatMap(DatasetChecks::usable);
    }

    /** Whether what a run would go on or start from is whole. */
    private boolean checkpoints() {
        CheckpointChecks checks = new CheckpointChecks(request.deep(), hadoop);
        List<Finding> found = new ArrayList<>();
        request.runFolder().ifPresent(folder -> found.addAll(checks.newest(folder)));
        if (found.isEmpty()) {
            request.initFrom().ifPresent(path -> found.addAll(checks.initial(path)));
        }
        findings.addAll(found);
        return found.stream().noneMatch(finding -> finding.level().stops());
    }
}
