"""UniFMIR's denoising network in PyTorch, to be timed beside Nocturne's graphs.

Called with: mode (eager or traced), threads, folder with weights.txt and weights.bin and image.bin, height, width.
Prints "ready VERSION", then answers each line on standard input: "run" with the milliseconds of one forward pass,
"save PATH" with "saved" after writing the last output as float32. Ends with its input.
"""
import os
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

WINDOW = 8
SHIFT = WINDOW // 2


def windows_of(x):
    n, h, w, c = x.shape
    x = x.view(n, h // WINDOW, WINDOW, w // WINDOW, WINDOW, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, WINDOW * WINDOW, c)


def image_of(windows, h, w):
    c = windows.shape[-1]
    x = windows.view(-1, h // WINDOW, w // WINDOW, WINDOW, WINDOW, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, h, w, c)


def position_index():
    y, x = torch.meshgrid(torch.arange(WINDOW), torch.arange(WINDOW), indexing="ij")
    y, x = y.flatten(), x.flatten()
    return (y[:, None] - y[None] + WINDOW - 1) * (2 * WINDOW - 1) + x[:, None] - x[None] + WINDOW - 1


def shift_mask(h, w):
    bands = []
    for size in (h, w):
        position = torch.arange(size)
        bands.append((position >= size - WINDOW).long() + (position >= size - SHIFT).long())
    region = (3 * bands[0][:, None] + bands[1][None])[None, :, :, None].float()
    region = windows_of(region).squeeze(-1)
    return (region[:, :, None] != region[:, None, :]).float() * -100


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.scale = (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * WINDOW - 1) ** 2, heads))
        self.register_buffer("index", position_index(), persistent=False)

    def forward(self, x, mask):
        b, n, c = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        logits = (q * self.scale) @ k.transpose(-2, -1)
        logits = logits + self.relative_position_bias_table[self.index].permute(2, 0, 1)
        if mask is not None:
            logits = logits.view(-1, mask.shape[0], self.heads, n, n) + mask[:, None]
            logits = logits.view(-1, self.heads, n, n)
        return self.proj((F.softmax(logits, -1) @ v).transpose(1, 2).reshape(b, n, c))


class Perceptron(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, dim, heads, hidden, shifted):
        super().__init__()
        self.shifted = shifted
        self.norm1 = nn.LayerNorm(dim)
        self.attn = Attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = Perceptron(dim, hidden)

    def forward(self, x, mask):
        h, w = x.shape[1:3]
        y = self.norm1(x)
        if self.shifted:
            y = torch.roll(y, (-SHIFT, -SHIFT), (1, 2))
        y = image_of(self.attn(windows_of(y), mask if self.shifted else None), h, w)
        if self.shifted:
            y = torch.roll(y, (SHIFT, SHIFT), (1, 2))
        x = x + y
        return x + self.mlp(self.norm2(x))


class Blocks(nn.Module):
    def __init__(self, dim, heads, hidden, depth):
        super().__init__()
        self.blocks = nn.ModuleList([Block(dim, heads, hidden, i % 2 == 1) for i in range(depth)])


class Group(nn.Module):
    def __init__(self, dim, heads, hidden, depth):
        super().__init__()
        self.residual_group = Blocks(dim, heads, hidden, depth)
        self.conv = nn.Conv2d(dim, dim, 3, padding=1)

    def forward(self, x, mask):
        y = x
        for block in self.residual_group.blocks:
            y = block(y, mask)
        return self.conv(y.permute(0, 3, 1, 2)).permute(0, 2, 3, 1) + x


class PatchEmbed(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm = nn.LayerNorm(dim)


class Network(nn.Module):
    def __init__(self, h, w, dim=90, heads=6, hidden=180, depths=(6, 6, 6), features=32):
        super().__init__()
        self.conv_first = nn.Conv2d(1, dim, 3, padding=1)
        self.patch_embed = PatchEmbed(dim)
        self.layers = nn.ModuleList([Group(dim, heads, hidden, depth) for depth in depths])
        self.norm = nn.LayerNorm(dim)
        self.conv_after_body = nn.Conv2d(dim, dim, 3, padding=1)
        self.conv_before_upsample = nn.Sequential(nn.Conv2d(dim, features, 3, padding=1), nn.LeakyReLU(0.01))
        self.conv_last = nn.Conv2d(features, 1, 3, padding=1)
        self.register_buffer("mask", shift_mask(h, w), persistent=False)

    def forward(self, image):
        first = self.conv_first(image)
        x = self.patch_embed.norm(first.permute(0, 2, 3, 1))
        for layer in self.layers:
            x = layer(x, self.mask)
        x = self.conv_after_body(self.norm(x).permute(0, 3, 1, 2)) + first
        return self.conv_last(self.conv_before_upsample(x))


def read_weights(folder):
    values = np.fromfile(os.path.join(folder, "weights.bin"), "<f4")
    state, start = {}, 0
    with open(os.path.join(folder, "weights.txt")) as lines:
        for line in lines:
            name, *shape = line.split()
            shape = [int(size) for size in shape]
            count = int(np.prod(shape))
            state[name] = torch.from_numpy(values[start : start + count].reshape(shape).copy())
            start += count
    return state


def main():
    mode, threads, folder, height, width = sys.argv[1:]
    height, width = int(height), int(width)
    torch.set_num_threads(int(threads))
    network = Network(height, width).eval()
    network.load_state_dict(read_weights(folder), strict=True)
    image = np.fromfile(os.path.join(folder, "image.bin"), "<f4").reshape(1, 1, height, width)
    image = torch.from_numpy(image)
    with torch.no_grad():
        if mode == "traced":
            network = torch.jit.freeze(torch.jit.trace(network, image))
        output = network(image)
        print("ready", torch.__version__, flush=True)
        for line in sys.stdin:
            command, *arguments = line.split()
            if command == "run":
                start = time.perf_counter()
                output = network(image)
                print((time.perf_counter() - start) * 1000, flush=True)
            elif command == "save":
                output.numpy().astype("<f4").tofile(arguments[0])
                print("saved", flush=True)


main()
