package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"os/exec"
	"strings"
	"time"
)

const (
	imageName       = "dockgen-bench:image"
	imageFiles      = 30_000
	imageLayers     = 5
	imageRounds     = 3
	mostOfSave      = 2.0   // times what docker save takes whose output is thrown away
	mostImageMemory = 250.0 // megabytes
)

// image measures how long dockgen verify takes to read and judge an image of some
// megabytes, against docker save of the same one into a pipe that is thrown away.
func image(ctx context.Context, r *report, binary, dir string, megabytes int) (err error) {
	r.title("dockgen verify --no-run of an image of %d MB and %d files, %d rounds in turn: median (least to most)", megabytes, imageFiles, imageRounds)
	if err := exec.CommandContext(ctx, "docker", "version").Run(); err != nil || megabytes == 0 {
		r.figure("not measured", "it wants docker, and -image with a size")
		return nil
	}
	if err := loadImage(ctx, int64(megabytes)*1_000_000); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, exec.CommandContext(context.WithoutCancel(ctx), "docker", "image", "rm", "--force", imageName).Run())
	}()
	var saves, verifies times
	most := 0.0
	for range imageRounds {
		d, err := wall(ctx, "docker", "save", imageName)
		if err != nil {
			return err
		}
		saves = append(saves, d)
		d, memory, err := judgeImage(ctx, binary, dir)
		if err != nil {
			return err
		}
		verifies, most = append(verifies, d), max(most, memory)
	}
	r.figure("docker save, thrown away", "%s", saves)
	r.figure("dockgen verify", "%s", verifies)
	r.must("times as long", float64(verifies.median())/float64(saves.median()), mostOfSave, "")
	r.must("peak of memory", most, mostImageMemory, " MB")
	return nil
}

// judgeImage runs verify once, and sees to it that it read the image.
func judgeImage(ctx context.Context, binary, dir string) (took time.Duration, memory float64, err error) {
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, "verify", "--image", imageName, "--no-run", "--json", dir)
	cmd.Stdout, cmd.Stderr = &out, &errs
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, fmt.Errorf("run dockgen verify: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for took == 0 {
		select {
		case err = <-ended:
			took = time.Since(begin)
		case <-time.After(5 * time.Millisecond):
			memory = max(memory, float64(highWater(cmd.Process.Pid))/1e6)
		}
	}
	if _, found := errors.AsType[*exec.ExitError](err); err != nil && !found { // of findings it speaks by its exit code
		return 0, 0, fmt.Errorf("run dockgen verify: %w", err)
	}
	var answer struct {
		Images []struct{ Layers []struct{ Files int } }
	}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		return 0, 0, fmt.Errorf("dockgen verify answers no JSON: %w\n%s", err, &errs)
	}
	files := 0
	for _, i := range answer.Images {
		for _, l := range i.Layers {
			files += l.Files
		}
	}
	if files < imageFiles {
		return 0, 0, fmt.Errorf("dockgen verify saw %d of %d files\n%s", files, imageFiles, &errs)
	}
	return took, memory, nil
}

// loadImage makes the image and streams it into docker, so that it takes no place here.
func loadImage(ctx context.Context, size int64) error {
	var layers []imageLayer
	for n := range imageLayers {
		l := imageLayer{number: n, size: size / imageLayers}
		sum := sha256.New()
		count := &counter{hash: sum}
		if err := l.write(count); err != nil {
			return err
		}
		l.bytes, l.digest = count.bytes, fmt.Sprintf("%x", sum.Sum(nil))
		layers = append(layers, l)
	}
	cmd := exec.CommandContext(ctx, "docker", "load")
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("load an image: %w", err)
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("load an image: %w", err)
	}
	err = errors.Join(writeArchive(in, layers), in.Close())
	if waited := cmd.Wait(); waited != nil {
		return fmt.Errorf("load an image: %w\n%s", waited, &said)
	}
	return err
}

// writeArchive writes what docker load reads.
func writeArchive(out io.Writer, layers []imageLayer) error {
	archive := tar.NewWriter(out)
	var names, digests []string
	for _, l := range layers {
		name := l.digest + "/layer.tar"
		names, digests = append(names, name), append(digests, "sha256:"+l.digest)
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: l.bytes}); err != nil {
			return fmt.Errorf("write an image: %w", err)
		}
		if err := l.write(archive); err != nil {
			return err
		}
	}
	config := map[string]any{
		"architecture": "amd64", "os": "linux", "config": map[string]any{"User": "10001:10001", "Cmd": []string{"/app/server"}},
		"rootfs": map[string]any{"type": "layers", "diff_ids": digests},
	}
	for name, value := range map[string]any{
		"config.json": config, "manifest.json": []any{map[string]any{"Config": "config.json", "RepoTags": []string{imageName}, "Layers": names}},
	} {
		data, err := json.Marshal(value)
		if err == nil {
			err = archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data))})
		}
		if err == nil {
			_, err = archive.Write(data)
		}
		if err != nil {
			return fmt.Errorf("write an image: %w", err)
		}
	}
	return archive.Close()
}

// imageLayer is a layer whose files are the same each time that they are written.
type imageLayer struct {
	number      int
	size, bytes int64
	digest      string
}

// write writes the layer: of ten files seven are texts of a fifth of its bytes, three are
// programs and pictures.
func (l imageLayer) write(out io.Writer) error {
	const files = imageFiles / imageLayers
	r := rand.New(rand.NewPCG(1, uint64(l.number)))
	archive := tar.NewWriter(out)
	text := strings.Builder{}
	for text.Len() < int(l.size/5/(files*7/10)) {
		fmt.Fprintf(&text, "export function part%d(request, name) {\n  return request.get(\"%x\", name) || %d;\n}\n", r.IntN(1e6), r.Uint64(), r.IntN(100))
	}
	plain, binary := []byte(text.String()), make([]byte, l.size*4/5/(files*3/10))
	for i := range files {
		name, data := fmt.Sprintf("app/lib%d/%d/file%d.js", l.number, i/100, i), plain
		if i%10 >= 7 {
			name, data = strings.TrimSuffix(name, ".js")+".bin", binary
			for at := 0; at+8 <= len(binary); at += 64 {
				binary[at], binary[at+7] = byte(r.Uint32()), byte(i)
			}
		}
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data))}); err != nil {
			return fmt.Errorf("write a layer: %w", err)
		}
		if _, err := archive.Write(data); err != nil {
			return fmt.Errorf("write a layer: %w", err)
		}
	}
	return archive.Close()
}

// counter counts and sums what is written.
type counter struct {
	hash  hash.Hash
	bytes int64
}

func (c *counter) Write(data []byte) (int, error) {
	c.bytes += int64(len(data))
	return c.hash.Write(data)
}
