package io.nocturne.config.browser;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * The system's Chromium without a window, driven by Selenium through the system's chromedriver, which gives it a profile of
 * its own and removes it at the end. Both programs are looked for here: Selenium asks its own finder, which downloads, only
 * where it is not told. One thread.
 */
final class Chromium implements AutoCloseable {
    private static final List<String> BROWSERS =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chrome.exe");
    private static final List<String> DRIVERS =
            List.of("chromedriver", "chromium.chromedriver", "chromium-driver", "chromedriver.exe");
    /** Where Linux distributions put the driver when it is not among the programs. */
    private static final List<String> DRIVER_FOLDERS =
            List.of("/usr/lib/chromium", "/usr/lib/chromium-browser", "/usr/lib64/chromium-browser", "/snap/bin");

    /** Warns of every browser whose DevTools it has no classes for; none are used here. */
    private static final Logger VERSIONS = Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

    private final ChromeDriver driver;
    private String current;
    private final List<String> windows = new ArrayList<>();
    private boolean lastIsFree = true;

    private Chromium(ChromeDriver driver) {
        this.driver = driver;
        current = driver.getWindowHandle();
        windows.add(current);
    }

    /** Starts the browser; the calling test is skipped where this machine has none, or no driver. */
    static Chromium start() {
        Optional<Path> browser = find("NOCTURNE_CHROMIUM", BROWSERS, List.of());
        assumeTrue(browser.isPresent(), "this machine has no Chromium");
        Optional<Path> program = find("NOCTURNE_CHROMEDRIVER", DRIVERS, DRIVER_FOLDERS);
        assumeTrue(program.isPresent(), "this machine has no chromedriver (Debian: chromium-driver)");
        VERSIONS.setLevel(Level.SEVERE);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(program.get().toFile())
                .usingAnyFreePort()
                .build();
        ChromeOptions options = new ChromeOptions()
                .setBinary(browser.get().toFile())
                .addArguments(
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--disable-extensions",
                        "--no-first-run");
        return new Chromium(new ChromeDriver(service, options));
    }

    /** The program that the environment names, or the first of these names on the path or in those folders. */
    private static Optional<Path> find(String variable, List<String> names, List<String> folders) {
        String chosen = System.getenv(variable);
        if (chosen != null) {
            return Optional.of(Path.of(chosen));
        }
        Stream<String> path = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
        return Stream.concat(path, folders.stream())
                .flatMap(folder -> names.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A new window of that size at that address. */
    BrowserPage open(URI address, int width, int height) {
        if (!lastIsFree) {
            current = driver.switchTo().newWindow(WindowType.WINDOW).getWindowHandle();
            windows.add(current);
        }
        lastIsFree = false;
        BrowserPage page = new BrowserPage(this, current);
        page.size(width, height);
        page.go(address);
        return page;
    }

    /** Lets pages save files, into that folder. */
    void saveInto(Path folder) {
        driver.executeCdpCommand(
                "Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", folder.toString()));
    }

    /** The driver, speaking to that window. */
    ChromeDriver at(String window) {
        if (!window.equals(current)) {
            driver.switchTo().window(window);
            current = window;
        }
        return driver;
    }

    /**
     * Closes a window, from another one, lest a stuck page be waited for; the last one is emptied: the browser ends
     * with it.
     */
    void close(String window) {
        if (windows.size() == 1) {
            at(window).get("about:blank");
            lastIsFree = true;
        } else {
            windows.remove(window);
            at(windows.get(0)).executeCdpCommand("Target.closeTarget", Map.of("targetId", window));
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
