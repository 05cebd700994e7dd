// Where one looks: a centre in raw pixels and a zoom in CSS pixels per raw pixel, shared by both panes.

const MOST_ZOOM = 64;

export class Camera {
  constructor() {
    this.frame = { width: 1, height: 1 };
    this.pane = { width: 1, height: 1 };
    this.fitted = true;
    this.x = 0.5;
    this.y = 0.5;
    this.zoom = 1;
  }

  get fitZoom() {
    return Math.min(this.pane.width / this.frame.width, this.pane.height / this.frame.height);
  }

  setFrame(frame) {
    this.frame = frame;
    this.fit();
  }

  setPane(width, height) {
    this.pane = { width, height };
    if (this.fitted) {
      this.fit();
    } else {
      this.limit();
    }
  }

  fit() {
    this.fitted = true;
    this.zoom = this.fitZoom;
    this.x = this.frame.width / 2;
    this.y = this.frame.height / 2;
  }

  /** Zooms so that the point of the pane at (px, py) stays where it is. */
  zoomTo(zoom, px, py) {
    const at = this.toFrame(px, py);
    this.zoom = zoom;
    this.fitted = false;
    this.limit();
    this.x = at.x - (px - this.pane.width / 2) / this.zoom;
    this.y = at.y - (py - this.pane.height / 2) / this.zoom;
    this.limit();
  }

  pan(dx, dy) {
    this.x -= dx / this.zoom;
    this.y -= dy / this.zoom;
    this.limit();
  }

  limit() {
    const least = Math.min(this.fitZoom, 1);
    this.zoom = Math.min(MOST_ZOOM, Math.max(least, this.zoom));
    if (Math.abs(this.zoom / this.fitZoom - 1) < 0.005) {
      this.fit();
      return;
    }
    this.x = within(this.x, this.pane.width / 2 / this.zoom, this.frame.width);
    this.y = within(this.y, this.pane.height / 2 / this.zoom, this.frame.height);
  }

  /** Raw pixel coordinates of a point of the pane. */
  toFrame(px, py) {
    return {
      x: this.x + (px - this.pane.width / 2) / this.zoom,
      y: this.y + (py - this.pane.height / 2) / this.zoom,
    };
  }

  toPane(x, y) {
    return {
      x: (x - this.x) * this.zoom + this.pane.width / 2,
      y: (y - this.y) * this.zoom + this.pane.height / 2,
    };
  }

  /** What the server is asked for: the pane and a margin to pan into. */
  window(pixelRatio) {
    const width = (this.pane.width / this.zoom) * 1.2;
    const height = (this.pane.height / this.zoom) * 1.2;
    return {
      x: this.x - width / 2,
      y: this.y - height / 2,
      width,
      height,
      zoom: this.zoom * pixelRatio,
    };
  }
}

function within(centre, half, size) {
  return 2 * half >= size ? size / 2 : Math.min(size - half, Math.max(half, centre));
}
