package io.sparktron.storage;

import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

/** A full disk, of which Linux has one: every write to {@code /dev/full} finds no space. */
class CheckedOutputTest {
    private static final Path FULL = new Path("file:/dev/full");
    private static final Configuration HADOOP = new Configuration();

    @Test
    void aFullDiskIsAnIoExceptionThatNamesTheFile() throws IOException {
        FSDataOutputStream raw = Storage.of(FULL, HADOOP).append(FULL);
        raw.write(1);
        assertThatThrownBy(raw::hflush).isInstanceOf(FSError.class); // why this class is there
        assertThatThrownBy(raw::close).isInstanceOf(FSError.class);
        FSDataOutputStream out = Storage.append(FULL, HADOOP);
        assertThatIOException().isThrownBy(() -> out.write(new byte[1 << 20])).withMessageContaining("/dev/full");
        out.write(1);
        assertThatIOException().isThrownBy(out::hflush).withMessage("file:/dev/full: No space left on device");
        assertThatIOException().isThrownBy(out::hsync).withMessageContaining("No space left on device");
        assertThatIOException().isThrownBy(out::close).withMessageContaining("No space left on device");
    }
}
