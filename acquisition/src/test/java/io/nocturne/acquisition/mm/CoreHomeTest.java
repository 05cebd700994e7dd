package io.nocturne.acquisition.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.nocturne.stream.spi.SourceException;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CoreHomeTest {
    private static void put(FileSystem files, String... paths) throws IOException {
        for (String path : paths) {
            Path file = files.getPath(path);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }

    private static CoreHome find(FileSystem files, String setting, String property, String variable, String... usual)
            throws SourceException {
        return CoreHome.find(
                Optional.ofNullable(setting).map(files::getPath),
                Optional.ofNullable(property),
                Optional.ofNullable(variable),
                system -> List.of(usual).stream().map(system::getPath).toList(),
                files);
    }

    @Test
    void aWindowsInstallationIsFoundWithItsLibraryAndAcquisitionJar() throws Exception {
        FileSystem files = Jimfs.newFileSystem(Configuration.windows());
        put(
                files,
                "C:\\Micro-Manager-2.0\\plugins\\Micro-Manager\\MMCoreJ.jar",
                "C:\\Micro-Manager-2.0\\plugins\\Micro-Manager\\AcqEngJ-0.39.4.jar",
                "C:\\Micro-Manager-2.0\\MMCoreJ_wrap.dll");
        CoreHome home = find(files, null, null, null, "C:\\Micro-Manager-2.0");
        assertThat(home.jar()).isEqualTo(files.getPath("C:\\Micro-Manager-2.0\\plugins\\Micro-Manager\\MMCoreJ.jar"));
        assertThat(home.libraryFolder()).contains(files.getPath("C:\\Micro-Manager-2.0"));
        assertThat(home.acquisitionJars()).hasSize(1);
    }

    @Test
    void aLinuxPrefixAndItsShareFolderAreBothUnderstood() throws Exception {
        FileSystem files = Jimfs.newFileSystem(Configuration.unix());
        put(files, "/usr/local/share/micro-manager/MMCoreJ.jar", "/usr/local/lib/micro-manager/libMMCoreJ_wrap.so");
        for (String named : List.of("/usr/local", "/usr/local/share/micro-manager")) {
            CoreHome home = find(files, named, null, null);
            assertThat(home.jar()).isEqualTo(files.getPath("/usr/local/share/micro-manager/MMCoreJ.jar"));
            assertThat(home.libraryFolder()).as(named).contains(files.getPath("/usr/local/lib/micro-manager"));
        }
    }

    @Test
    void aMacInstallationHasItsLibraryUnderItsOldName() throws Exception {
        FileSystem files = Jimfs.newFileSystem(Configuration.osX());
        put(
                files,
                "/Applications/Micro-Manager-2.0.3/plugins/Micro-Manager/MMCoreJ.jar",
                "/Applications/Micro-Manager-2.0.3/libMMCoreJ_wrap.jnilib");
        assertThat(find(files, null, null, null, "/Applications/Micro-Manager-2.0.3")
                        .libraryFolder())
                .contains(files.getPath("/Applications/Micro-Manager-2.0.3"));
    }

    @Test
    void theSettingGoesBeforeThePropertyBeforeTheVariableBeforeTheUsualPlaces() throws Exception {
        FileSystem files = Jimfs.newFileSystem(Configuration.unix());
        put(files, "/a/MMCoreJ.jar", "/b/MMCoreJ.jar", "/c/MMCoreJ.jar", "/d/MMCoreJ.jar");
        assertThat(find(files, "/a", "/b", "/c", "/d").home().toString()).isEqualTo("/a");
        assertThat(find(files, null, "/b", "/c", "/d").home().toString()).isEqualTo("/b");
        assertThat(find(files, null, null, "/c", "/d").home().toString()).isEqualTo("/c");
        assertThat(find(files, null, null, null, "/d").home().toString()).isEqualTo("/d");
        assertThat(find(files, null, null, " ", "/d").home().toString())
                .as("an empty variable")
                .isEqualTo("/d");
    }

    @Test
    void whatIsNamedAndWrongIsNotReplacedBySomethingElse() throws Exception {
        FileSystem files = Jimfs.newFileSystem(Configuration.unix());
        put(files, "/d/MMCoreJ.jar");
        assertThatThrownBy(() -> find(files, "/nowhere", null, null, "/d"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("There is no MMCoreJ.jar in /nowhere");
        assertThatThrownBy(() -> find(files, null, null, null, "/e"))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("MM_HOME");
    }
}
