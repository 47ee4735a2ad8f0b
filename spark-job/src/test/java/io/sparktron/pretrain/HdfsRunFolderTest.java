package io.sparktron.pretrain;

import io.sparktron.storage.HdfsCluster;
import io.sparktron.storage.Place;
import java.nio.file.Path;

class HdfsRunFolderTest extends RunFolderSuite {
    @Override
    Place place(Path local) {
        return HdfsCluster.place();
    }
}
