package io.nocturne.config.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import javax.imageio.ImageIO;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.interactions.WheelInput;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** One window of the browser, as a person uses it: looks, clicks, types. One thread. */
final class BrowserPage implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final Duration AT_ONCE = Duration.ZERO;

    private final Chromium browser;
    private final String window;

    BrowserPage(Chromium browser, String window) {
        this.browser = browser;
        this.window = window;
    }

    /** Of what the page is shown in, in CSS pixels, each a pixel of the screen. */
    void size(int width, int height) {
        driver().executeCdpCommand(
                        "Emulation.setDeviceMetricsOverride",
                        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Makes the page's scripts run that many times slower. */
    void slowDown(int times) {
        driver().executeCdpCommand("Emulation.setCPUThrottlingRate", Map.of("rate", times));
    }

    void go(URI address) {
        driver().get(address.toString());
    }

    /** The value of an expression; promises are waited for. */
    JsonNode eval(String expression) {
        return JSON.valueToTree(driver().executeScript("return (" + expression + ");"));
    }

    /** Waits until an expression is true; returns its value. */
    JsonNode await(String expression) {
        return patiently()
                .withMessage(() -> expression + "; the page says " + eval("document.body.innerText"))
                .until(driver -> {
                    JsonNode value = eval(expression);
                    return says(value) ? value : null;
                });
    }

    private static boolean says(JsonNode value) {
        boolean no = value.isMissingNode()
                || value.isNull()
                || (value.isBoolean() && !value.asBoolean())
                || (value.isTextual() && value.asText().isEmpty());
        return !no;
    }

    String text(String selector) {
        return eval("document.querySelector('" + selector + "').textContent").asText();
    }

    /** Clicks the middle of an element with the mouse, once it can be clicked. */
    void click(String selector) {
        patiently()
                .until(ExpectedConditions.elementToBeClickable(By.cssSelector(selector)))
                .click();
    }

    /** Drags with the left button. */
    void drag(double fromX, double fromY, double toX, double toY) {
        mouse().moveToLocation((int) fromX, (int) fromY)
                .clickAndHold()
                .moveToLocation((int) (fromX + toX) / 2, (int) (fromY + toY) / 2)
                .moveToLocation((int) toX, (int) toY)
                .release()
                .perform();
    }

    void point(double x, double y) {
        mouse().moveToLocation((int) x, (int) y).perform();
    }

    void wheel(double x, double y, int deltaY) {
        mouse().scrollFromOrigin(WheelInput.ScrollOrigin.fromViewport((int) x, (int) y), 0, deltaY)
                .perform();
    }

    /** Chooses from a list, as a person does. */
    void choose(String selector, String value) {
        WebElement list = patiently().until(ExpectedConditions.elementToBeClickable(By.cssSelector(selector)));
        new Select(list).selectByValue(value);
    }

    /** Presses keys, one after another, where the page's attention is. */
    void type(String keys) {
        mouse().sendKeys(keys).perform();
    }

    /** What is on the screen. */
    BufferedImage screenshot() throws IOException {
        return ImageIO.read(new ByteArrayInputStream(driver().getScreenshotAs(OutputType.BYTES)));
    }

    private Actions mouse() {
        return new Actions(driver(), AT_ONCE);
    }

    private WebDriverWait patiently() {
        WebDriverWait wait = new WebDriverWait(driver(), PATIENCE, BETWEEN_LOOKS);
        wait.ignoring(JavascriptException.class); // the page is still being loaded
        return wait;
    }

    private ChromeDriver driver() {
        return browser.at(window);
    }

    @Override
    public void close() {
        browser.close(window);
    }
}
