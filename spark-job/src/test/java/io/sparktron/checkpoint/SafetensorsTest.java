package io.sparktron.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tensor.Shape;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of safetensors files, ours and others', whole and broken. */
class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void readsBackWhatItWrote() throws IOException {
        Map<String, Safetensors.Entry> entries = new LinkedHashMap<>();
        entries.put("weight", new Safetensors.Entry("F32", Shape.of(3, 5), 0, 60));
        entries.put("ids", new Safetensors.Entry("I64", Shape.of(7), 60, 56));
        byte[] header = Safetensors.header(entries);
        assertThat(header.length % 64).isZero();
        Map<String, Safetensors.Entry> read = read(Arrays.copyOf(header, header.length + 116));
        assertThat(read.keySet()).containsExactly("weight", "ids");
        assertThat(read.get("ids")).isEqualTo(new Safetensors.Entry("I64", Shape.of(7), header.length + 60, 56));
    }

    @Test
    void readsAFileThatPyTorchWrote() throws IOException {
        try (InputStream in = SafetensorsTest.class.getResourceAsStream("/golden/gpt2/inputs.safetensors")) {
            Map<String, Safetensors.Entry> entries = read(in.readAllBytes());
            assertThat(entries.get("tokens").type()).isEqualTo("I64");
            assertThat(entries.get("tokens").shape()).isEqualTo(Shape.of(3, 18));
            assertThat(entries.get("tokens").bytes()).isEqualTo(3 * 18 * Long.BYTES);
        }
    }

    @Test
    void aScalarHasOneElement() throws IOException {
        byte[] file = file("{\"loss\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", 4);
        assertThat(read(file).get("loss").shape()).isEqualTo(Shape.of(1));
    }

    @Test
    void metadataIsNoTensor() throws IOException {
        assertThat(read(file("{\"__metadata__\":{\"format\":\"pt\"}}", 0))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,16]}}", // beyond the end
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", // 8 bytes are no 3 elements
                "{\"a\":{\"dtype\":\"I64\",\"shape\":[3],\"data_offsets\":[0,12]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,4],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}",
                "{\"a\":7}",
                "{\"a\":",
                "[]"
            })
    void namesTheFileOfADescriptionThatCannotBe(String json) {
        assertThatThrownBy(() -> read(file(json, 12)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("file.safetensors");
    }

    @Test
    void aTornHeaderIsBadInputWhereverItEnds() {
        byte[] whole = file("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", 12);
        for (int length = 0; length < whole.length; length++) {
            byte[] torn = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(torn)).isInstanceOf(InvalidInputException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40})
    void aHeaderLengthThatCannotBeIsNoAllocation(long length) {
        byte[] file = file("{}", 100);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("a header of " + length);
    }

    private Map<String, Safetensors.Entry> read(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("file.safetensors"), content);
        return Safetensors.entries(new org.apache.hadoop.fs.Path(file.toUri()), SavedRuns.HADOOP);
    }

    private static byte[] file(String json, int data) {
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + header.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }
}
