package io.sparktron.prep.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.JsonFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * {@code manifest.json} of a stage folder. It is written in one step when all rows are there, so a folder that has it is complete.
 *
 * @param name of the stage
 * @param version of its code
 * @param hash of name, version, settings and inputs: 64 hexadecimal digits
 * @param settings all that change its rows, by key
 * @param inputs hash of each input, by name
 * @param data folder below this one that holds the files
 * @param schema of the rows, as Spark writes it
 * @param rows how many
 * @param bytes of all files
 * @param textBytes bytes of text that the stage worked on
 * @param seconds it took
 * @param files all of them
 */
record StageManifest(
        String name,
        int version,
        String hash,
        Map<String, String> settings,
        Map<String, String> inputs,
        String data,
        String schema,
        long rows,
        long bytes,
        long textBytes,
        double seconds,
        List<StoredFile> files) {
    static final String FILE_NAME = "manifest.json";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * @param path below the data folder
     * @param bytes its length
     */
    record StoredFile(String path, long bytes) {}

    void write(Path folder, Configuration configuration) throws IOException {
        Storage.replaceAmongMany(new Path(folder, FILE_NAME), JsonFiles.bytes(this), configuration);
    }

    /**
     * That of a stage folder; null if there is none.
     *
     * @throws JsonProcessingException if it is torn
     */
    static StageManifest read(Path folder, Configuration configuration) throws IOException {
        byte[] bytes;
        try {
            bytes = Storage.read(new Path(folder, FILE_NAME), configuration);
        } catch (FileNotFoundException none) {
            return null;
        }
        StageManifest manifest = MAPPER.readValue(bytes, StageManifest.class);
        return manifest.name == null || manifest.data == null || manifest.schema == null || manifest.files == null
                ? null
                : manifest;
    }
}
