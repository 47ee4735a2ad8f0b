package io.sparktron.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint that something else has touched since it was written. */
class CheckpointDamageTest {
    private static final String SHARD = "step-00000020-a-rank-00001.safetensors";

    @TempDir
    private Path folder;

    private Path shard;
    private Path manifest;

    @BeforeEach
    void save() {
        SavedRuns.save(folder.toString(), 20, "a");
        shard = folder.resolve("checkpoints/step-00000020").resolve(SHARD);
        manifest = shard.resolveSibling("manifest.json");
    }

    @Test
    void aMissingShard() throws IOException {
        Files.delete(shard);

        assertRefused(SHARD + " is missing: it holds tensor matrix");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 60, 1000})
    void aTornShard(int lost) throws IOException {
        byte[] whole = Files.readAllBytes(shard);
        int length = Math.max(0, whole.length - 1 - lost);
        Files.write(shard, Arrays.copyOf(whole, length));

        assertRefused(SHARD + " is torn: it has " + length + " bytes, but tensor matrix ends at byte " + whole.length);
    }

    /** Rank 0's shard holds the matrix's other rows and then the vector: the first is whole where the second is torn. */
    @Test
    void aShardTornInItsLastTensor() throws IOException {
        Path first = shard.resolveSibling(SHARD.replace("00001.", "00000."));
        byte[] whole = Files.readAllBytes(first);
        Files.write(first, Arrays.copyOf(whole, whole.length - 1));

        assertRefused(
                "is torn: it has " + (whole.length - 1) + " bytes, but tensor vector ends at byte " + whole.length);
    }

    @Test
    void anyFlippedBitOfATensor() throws IOException {
        byte[] whole = Files.readAllBytes(shard);
        for (int at = whole.length - 3 * 5 * Float.BYTES; at < whole.length; at += 7) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 0x10;
            Files.write(shard, flipped);

            assertRefused(SHARD + " is damaged: tensor matrix", "has CRC32C", "the manifest says");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, -2})
    void aTornManifest(int length) throws IOException {
        byte[] whole = Files.readAllBytes(manifest);
        Files.write(manifest, Arrays.copyOf(whole, length < 0 ? whole.length + length : length));

        assertRefused("manifest.json is damaged");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"sparktron-checkpoint\" | \"other\" | format other version 2",
                "\"version\" : 2 | \"version\" : 3 | version 3; legal: sparktron-checkpoint version 1 or 2",
                "\"consumed\" : 60 | \"x\" : 60 | consumed",
                "\"consumed\" : 60 | \"consumed\" : null | consumed",
                "\"c0ffee\" | null | datasetFingerprint",
                "\"family\" : \"gpt\" | \"family\" : \"gru\" | gru",
                "\"family\" : \"gpt\", | '' | family",
                "\"heads\" : 6 | \"heads\" : 5 | model.heads = 5 does not divide",
                "\"shape\" : [ 7, 5 ] | \"shape\" : [ 8, 5 ] | hold 35 of its 40 elements",
                "\"shape\" : [ 7, 5 ] | \"shape\" : [ 7, -5 ] | negative extent",
                "\"shape\" : [ 7, 5 ] | \"shape\" : [ 7 ] | lies outside",
                "\"start\" : [ 4, 0 ] | \"start\" : [ 3, 0 ] | overlaps another",
                "\"start\" : [ 4, 0 ] | \"start\" : [ 9223372036854775807, 0 ] | lies outside",
                "\"file\" : \"step | \"file\" : \"../step | a file beside it",
                "\"offset\" : | \"offset\" : -1, \"x\" : | lies outside",
                "\"bytes\" : 60 | \"bytes\" : 61 | is not 61 bytes",
                "\"slices\" : [ { | \"slices\" : [ null, { | null",
            })
    void aChangedManifest(String was, String is, String message) throws IOException {
        String text = Files.readString(manifest);
        String changed = text.replaceFirst(Pattern.quote(was), is);
        assertThat(changed).isNotEqualTo(text);
        Files.writeString(manifest, changed);

        assertRefused("manifest.json", message);
    }

    /** The one before is as good as ever, for whoever decides to go back to it. */
    @Test
    void aDamagedNewestIsAnErrorAndNotPassedOver() throws IOException {
        SavedRuns.save(folder.toString(), 30, "a");
        Files.writeString(folder.resolve("checkpoints/step-00000030/manifest.json"), "{");

        assertRefused("step-00000030/manifest.json is damaged");
        SavedRuns.loadAndCheck(Checkpoint.open(manifest.getParent().toString(), SavedRuns.HADOOP));
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(() -> SavedRuns.loadAndCheck(Checkpoint.open(folder.toString(), SavedRuns.HADOOP)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts);
    }
}
